import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { run, start } from '../command.ts'
import { Browser } from '../peers/browser.ts'
import { type Cast, startServers } from '../peers/play.ts'

const utf8 = { env: { LC_ALL: 'C.UTF-8' } }

async function server(cast: Cast = {}): Promise<string> {
  const servers = await startServers(cast)
  onTestFinished(servers.stop)
  return servers.mcp.url
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'authtap-check-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('a healthy server: a line a thing, no fault, and what only a login tells is not passed over', async () => {
  const url = await server()
  const { code, stdout, stderr } = await run(['check', url], utf8)
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^Connection\n {2}✓ 127\.0\.0\.1 is 127\.0\.0\.1, port \d+/)
  expect(stdout).toContain('MCP call without a token\n  ✓ initialize: 401 Bearer\n')
  expect(stdout).toContain('✓ a token that nobody issued: 401 Bearer invalid_token')
  expect(stdout).toMatch(
    /Clients\n {2}✓ nothing that was seen keeps these from logging in: .*Claude Code/,
  )
  expect(stdout).toContain('INCOMPLETE  Nothing is wrong on the way to the login.')
  expect(stdout).toContain('Only a login tells: the authorization request')
  expect(stdout).not.toContain('✗')
  expect(code).toBe(3)
})

test('a broken server: the line, the verdict, the cause and the fix', async () => {
  const url = await server({
    authorizationServer: { issuerInMetadata: 'https://login.example.com' },
  })
  const { code, stdout } = await run(['check', url], utf8)
  expect(stdout).toMatch(
    /✗ http:\/\/127\.0\.0\.1:\d+\/\.well-known\/oauth-authorization-server: 200/,
  )
  expect(stdout).toContain(
    'FAIL  The server metadata step broke first. The authorization server has to act.',
  )
  expect(stdout).toMatch(
    /✗ would not log in, because issuer is https:\/\/login\.example\.com.*: Claude Code, /,
  )
  // It is answered with 200, and broken for all that.
  expect(stdout).toMatch(/^Steps\n[^]*^ +#\d+ ✗ server metadata: [^]*^Cause/m)
  expect(stdout).toContain('Cause  The authorization server metadata names another issuer')
  expect(stdout).toMatch(/\n {2}fix {4}Set issuer to/)
  // What check itself is called stays readable.
  expect(stdout).toContain(`Next  authtap check ${url}`)
  expect(stdout).not.toContain('‹')
  expect(code).toBe(1)
})

test('--login goes all the way, and 0 says so; no token is printed', async () => {
  const url = await server()
  const checking = start(['check', url, '--login', '--print-url'], utf8)
  const [, page = ''] = await checking.printed(/Log in at (\S+)\n/)
  await new Browser().open(page)
  const { code, stdout } = await checking.ended
  expect(stdout).toContain('✓ tools/list: 200 answered as MCP, 1 tools')
  expect(stdout).toContain('Clearing up\n  ✓ revocation: 200')
  expect(stdout).toContain('PASS  The client got through.')
  expect(stdout).not.toMatch(/eyJ/)
  expect(code).toBe(0)
})

test('a login that fails keeps every client out, and the line about clients says so', async () => {
  const url = await server({ authorizationServer: { losesVerifier: true } })
  const checking = start(['check', url, '--login', '--print-url'], utf8)
  const [, page = ''] = await checking.printed(/Log in at (\S+)\n/)
  await new Browser().open(page)
  const { code, stdout } = await checking.ended
  expect(stdout).toContain('✗ token (authorization_code): 400')
  expect(stdout).toMatch(
    /· what these check before a login is fine, but the login itself fails for all of them: .*Claude Code/,
  )
  expect(stdout).not.toContain('nothing that was seen keeps these')
  expect(code).toBe(1)
})

test('what is broken where nobody logged in is not said to be a login, nor that all is well', async () => {
  const url = await server({ server: { metadata: () => undefined } })
  const { stdout } = await run(['check', url], utf8)
  expect(stdout).toContain('FAIL  The resource metadata step broke first.')
  expect(stdout).toContain('· nothing that these are known to check keeps them from logging in: ')
  expect(stdout).not.toMatch(/nothing that was seen keeps these|login itself fails|login failed/)
})

test('--watch tells what changed', async () => {
  const fault: { issuer?: string } = {}
  const url = await server({
    authorizationServer: {
      metadata: (proper) => ({ ...proper, ...fault }),
    },
  })
  const checking = start(['check', url, '--watch'], { ...utf8, keepInput: true })
  await checking.printed(/Watching: Enter looks again/)
  fault.issuer = 'https://login.example.com'
  checking.child.stdin!.write('\n')
  await checking.printed(/\n {2}\+ FAIL: The server metadata step broke first/)
  checking.child.stdin!.write('\n')
  await checking.printed(/\n {2}nothing changed\n/)
  checking.child.kill('SIGINT')
  const { code, stdout } = await checking.ended
  expect(stdout).toContain('+ discovery/asm-issuer-mismatch: ')
  expect(code).toBe(1)
})

test('json is the report alone, and the capture is judged the same', async () => {
  const url = await server({ server: { metadata: () => undefined } })
  const har = join(folder(), 'check.har')
  const checked = await run(['check', url, '--format', 'json', '--har', har])
  const report = JSON.parse(checked.stdout) as object
  const firstBroken = { step: 'resource-metadata', fault: 'resource-server' }
  expect(report).toMatchObject({ schema: 'authtap.report/1', verdict: 'fail', firstBroken })
  expect(readFileSync(har, 'utf8')).toContain('"trial":{"sort":"bad-token","of":"1"}')
  const again = await run(['analyze', har, '--format', 'json'])
  expect(JSON.parse(again.stdout)).toMatchObject({ verdict: 'fail', firstBroken })
})

test('ndjson has what was looked at among the events', async () => {
  const { stdout } = await run(['check', await server(), '--format', 'ndjson'])
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; look?: object })
  expect(lines.filter(({ type }) => type === 'look')[1]?.look).toEqual({
    part: 'MCP call without a token',
    mark: 'well',
    text: 'initialize: 401 Bearer',
    exchange: '1',
  })
  expect(lines.at(-1)?.type).toBe('report')
})

test('several servers give a table, one line a server', async () => {
  const healthy = await server()
  const broken = await server({
    authorizationServer: { issuerInMetadata: 'https://login.example.com' },
  })
  const { code, stdout } = await run(['check', healthy, broken], utf8)
  expect(stdout).toContain(`▲ INCOMPLETE  ${healthy}  nothing broken`)
  expect(stdout).toContain(`✗ FAIL        ${broken}  server metadata  the authorization server`)
  expect(code).toBe(1)
})

test('a server that is not there: 4, and the report all the same', async () => {
  const servers = await startServers()
  await servers.stop()
  const { code, stdout } = await run(['check', servers.mcp.url], utf8)
  expect(stdout).toContain('no answer (tcp ECONNREFUSED')
  expect(stdout).toContain('is the server running?')
  expect(code).toBe(4)
})

test.each([
  [['check'], /The URL of the MCP server is missing/],
  [['check', 'mcp.example.com'], /Did you mean|is not an http or https URL/],
  [['check', 'http://127.0.0.1:1/mcp', '--header', 'no colon'], /--header must be a name, a colon/],
  [['check', 'http://127.0.0.1:1/mcp', '--watch', '--format', 'json'], /--watch is for one server/],
  [['check', 'http://127.0.0.1:1/mcp', '--scope', 'a'], /--scope goes only with --login/],
  [['check', 'http://127.0.0.1:1/mcp', '--client-credentials'], /needs --client-id/],
  [['check', 'http://127.0.0.1:1/a', 'http://127.0.0.1:1/b', '--login'], /one server/],
])('%j is wrong usage', async (args, words) => {
  const { code, stderr } = await run(args)
  expect(stderr).toMatch(words)
  expect(code).toBe(2)
})
