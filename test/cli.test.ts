import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../src/core/verdict/report.ts'
import { runDemoClient } from '../src/demo/client.ts'
import { demoFaults } from '../src/demo/faults.ts'
import { startDemoServers } from '../src/demo/parties.ts'
import { run, start } from './command.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What two reports of the same traffic must agree on. */
function essence(report: Report) {
  const rules = new Map(report.findings.map(({ id, rule }) => [id, rule]))
  return {
    verdict: report.verdict,
    broken: report.firstBroken && {
      ...report.firstBroken,
      finding: rules.get(report.firstBroken.finding),
    },
    findings: report.findings
      .map(({ rule, variant, severity, fault, evidence }) => ({
        rule,
        variant,
        severity,
        fault,
        at: evidence.map(({ at }) => at),
      }))
      .sort((a, b) => (a.rule < b.rule ? -1 : 1)),
  }
}

describe('authtap demo', () => {
  test('alone plays a fault, names it, and exits with 0', async () => {
    const { code, stdout } = await run([])
    expect(stdout).toContain('The token step broke first. The authorization server has to act.')
    expect(stdout).toContain('audience/aud-mismatch')
    expect(code).toBe(0)
  })

  test.each(demoFaults.filter(({ expects }) => expects !== ''))(
    '$name: $expects is the first broken step, and the $party is blamed',
    async ({ name, expects, party }) => {
      const { code, stdout } = await run(['demo', name, '--format', 'json'])
      const report = JSON.parse(stdout) as Report
      const broken = report.findings.find(({ id }) => id === report.firstBroken?.finding)
      // A fault that clients get around is a warning: nothing broke.
      const found = broken ?? report.findings.find(({ rule }) => rule === expects)
      expect(found).toMatchObject({ rule: expects, fault: party })
      expect(code).toBe(broken === undefined ? 0 : 1)
    },
  )

  test('none: a healthy login has no error and no warning', async () => {
    const { code, stdout } = await run(['demo', 'none', '--format', 'json'])
    const report = JSON.parse(stdout) as Report
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(report.verdict).toBe('pass')
    expect(code).toBe(0)
  })

  test('wrong-audience names the server, the aud, the resource that was expected, and the fix', async () => {
    const { code, stdout } = await run(['demo', 'wrong-audience'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/The authorization server has to act/)
    expect(stdout).toMatch(/response\.jwt\.aud: \S+/)
    expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+\/mcp/)
    expect(stdout).toMatch(/fix {4}\S+/)
  })
})

describe('what is printed', () => {
  test('ndjson begins with where it listens and ends with the report', async () => {
    const { stdout } = await run(['demo', 'wrong-audience', '--format', 'ndjson'])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toMatchObject({
      type: 'listening',
      url: expect.stringMatching(/^http:\/\/localhost:\d+\/mcp$/),
      ports: expect.any(Object),
    })
    expect(lines.at(-1)).toMatchObject({ type: 'report', report: { schema: 'authtap.report/1' } })
    for (const line of lines.slice(1)) expect(line).toHaveProperty(line['type'] as string)
  })

  test('--filter leaves other exchanges out of ndjson, also by findings that come later', async () => {
    const kinds = async (filter: string) => {
      const { stdout } = await run([
        'demo',
        'wrong-audience',
        '--format',
        'ndjson',
        '--filter',
        filter,
      ])
      const lines = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; exchange?: { step: { kind: string } } })
      expect(lines.at(-1)?.type).toBe('report')
      return lines
        .filter(({ type }) => type === 'exchange')
        .map(({ exchange }) => exchange?.step.kind)
    }
    expect(await kinds('kind:token')).toEqual(['token'])
    expect(await kinds('rule:audience/aud-mismatch kind:token')).toEqual(['token'])
    expect(await kinds('jwt.aud:api://default kind:token')).toEqual(['token'])
    expect(await kinds('status:>=500')).toEqual([])
    const { code, stderr } = await run([
      'demo',
      'none',
      '--format',
      'ndjson',
      '--filter',
      'colour:red',
    ])
    expect(stderr).toContain('There is no key colour')
    expect(code).toBe(2)
  })

  test('json is the report object alone, with everything it promises', async () => {
    const { stdout } = await run(['demo', 'wrong-audience', '--format', 'json'])
    const report = JSON.parse(stdout) as Report
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining([
        'schema',
        'tool',
        'verdict',
        'firstBroken',
        'findings',
        'flows',
        'checklist',
        'outcomes',
        'capture',
      ]),
    )
    expect(report.checklist).toHaveLength(27)
    expect(report.flows[0]).toMatchObject({
      id: 'w1',
      registration: 'dynamic',
      revision: '2025-11-25',
      outcome: 'failed',
    })
    for (const finding of report.findings) {
      expect(finding.evidence.length).toBeGreaterThan(0)
      expect(finding.spec.every(({ url }) => url.startsWith('https://'))).toBe(true)
    }
  })

  test('--output takes what standard output would get', async () => {
    const file = join(folder, 'report.json')
    const { stdout } = await run(['demo', 'none', '--format', 'json', '--output', file])
    expect(stdout).toBe('')
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ verdict: 'pass' })
  })

  test('no escape sequence goes into a pipe', async () => {
    const { stdout, stderr } = await run(['demo', 'wrong-audience'])
    expect(stdout + stderr).not.toContain('\u001b')
  })

  test('--checklist prints the 27 items', async () => {
    const { stdout } = await run(['demo', 'none', '--checklist'])
    expect(stdout.match(/^ {2}.{10} {2}[A-Z]-\d /gm)).toHaveLength(27)
  })
})

describe('captures', () => {
  test('the saved HAR gives the same findings, and so does one with secrets and without our notes', async () => {
    const redacted = join(folder, 'redacted.har')
    const open = join(folder, 'open.har')
    const live = JSON.parse(
      (await run(['demo', 'wrong-audience', '--format', 'json', '--har', redacted])).stdout,
    ) as Report
    const again = JSON.parse(
      (await run(['analyze', redacted, '--format', 'json'])).stdout,
    ) as Report
    expect(essence(again)).toEqual(essence(live))

    const liveOpen = JSON.parse(
      (await run(['demo', 'wrong-audience', '--format', 'json', '--har', open, '--with-secrets']))
        .stdout,
    ) as Report
    expect((await stat(open)).mode & 0o777).toBe(0o600)
    const har = JSON.parse(await readFile(open, 'utf8')) as {
      log: { _authtap?: unknown; entries: { _authtap?: unknown }[] }
    }
    delete har.log._authtap
    for (const entry of har.log.entries) delete entry._authtap
    const bare = join(folder, 'bare.har')
    await writeFile(bare, JSON.stringify(har))
    const fromBare = JSON.parse((await run(['analyze', bare, '--format', 'json'])).stdout) as Report
    expect(essence(fromBare)).toEqual(essence(liveOpen))
  })

  test('a transcript is read from standard input', async () => {
    const { code, stdout } = await run(['analyze', '-', '--format', 'json'], {
      input:
        '> GET https://mcp.example/.well-known/oauth-protected-resource/mcp\n\n< HTTP/1.1 200 OK\n\n{"resource":"https://other.example/mcp"}\n',
    })
    expect(JSON.parse(stdout)).toMatchObject({
      firstBroken: { step: 'resource-metadata', fault: 'resource-server' },
    })
    expect(code).toBe(1)
  })
})

describe('usage errors are one sentence and a remedy, with exit code 2', () => {
  test.each([
    [['--no-such-flag'], 'There is no flag --no-such-flag.'],
    [['analyze', 'x.har', '--formt', 'json'], 'Did you mean --format?'],
    [['analyze', '--format', 'xml', 'x.har'], 'Give one of text, ndjson, json.'],
    [['analyze', 'x.har', '--port', '1'], 'This command does not take --port.'],
    [['analyze', '/no/such/file.har'], 'there is no such file'],
    [['analyze', 'no-such-file.har'], 'authtap: no-such-file.har cannot be read'],
    [['analyze', 'no\x1b]0;t\x07\u009b2J.har'], 'no␛]0;t␇\\x9b2J.har cannot be read'],
    [['analyse', 'x'], 'Did you mean analyze?'],
    [['ftp://example.com/mcp'], 'authtap: ftp://example.com/mcp is not an http or https URL'],
    [['localhost:3000/mcp'], 'Did you mean http://localhost:3000/mcp?'],
    [['mcp.example.com'], 'Did you mean http://mcp.example.com?'],
    [['[::1]:3000/mcp'], 'Did you mean http://[::1]:3000/mcp?'],
    [['mailto:a@b.c'], 'Give the MCP endpoint'],
    [['./login.har'], 'Did you mean authtap analyze ./login.har?'],
    [['demo', 'none', '--ignore', 'no/rule'], '--ignore no/rule: there is no such rule.'],
    [['http://127.0.0.1:1/mcp', '--format', 'json', '--', 'true'], 'Add --output'],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await run(args)
    expect(stderr).toContain(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  test('a file that is neither HAR nor transcript', async () => {
    const file = join(folder, 'noise.txt')
    await writeFile(file, 'hello\nworld\n')
    const { code, stderr } = await run(['analyze', file])
    expect(stderr).toContain('it is not a HAR file, and line 1 is wrong for a transcript')
    expect(code).toBe(2)
  })
})

describe('the proxy', () => {
  test('ends in order at SIGINT, prints the verdict and exits by the findings', async () => {
    const servers = await startDemoServers('resource-mismatch')
    try {
      const proxy = start([servers.mcpUrl, '--port', '0'])
      const [, url] = await proxy.printed(/Listening {2}(\S+)/)
      await runDemoClient(url!, 'resource-mismatch', () => {})
      await proxy.printed(/discovery\/prm-resource-mismatch/)
      proxy.child.kill('SIGINT')
      const { code, stdout } = await proxy.ended
      expect(stdout).toContain('The resource metadata step broke first. The MCP server has to act.')
      expect(code).toBe(1)
    } finally {
      await servers.stop()
    }
  })

  test('exits with 4 when its port is taken by a stranger, and says so', async () => {
    const stranger = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => stranger.once('listening', resolve))
    const { port } = stranger.address() as AddressInfo
    const har = join(folder, 'not-started.har')
    const { code, stderr } = await run(
      ['http://127.0.0.1:9/mcp', '--port', String(port), '--no-journal', '--har', har],
      {
        env: { XDG_STATE_HOME: folder },
      },
    )
    stranger.close()
    expect(stderr).toBe(
      `authtap: Port ${port} is in use. Give another --port, or leave it out to get a free one.\n`,
    )
    expect((await readdir(folder)).filter((name) => name.startsWith('not-started'))).toEqual([])
    expect(code).toBe(4)
  })

  test.each([
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('%s ends it in order with %i', async (signal, code) => {
    const proxy = start(['http://127.0.0.1:1/mcp', '--port', '0'])
    await proxy.printed(/Listening/)
    proxy.child.kill(signal)
    expect(await proxy.ended).toMatchObject({ code, stdout: expect.stringContaining('INCOMPLETE') })
  })

  test('exits with 3 when nothing came', async () => {
    const proxy = start(['http://127.0.0.1:9/mcp', '--port', '0'])
    await proxy.printed(/Listening/)
    proxy.child.kill('SIGTERM')
    expect((await proxy.ended).code).toBe(3)
  })

  test('exits with 4 when no upstream ever answered, and prints the report all the same', async () => {
    const proxy = start(['http://127.0.0.1:1/mcp', '--port', '0', '--format', 'json'])
    const [, url] = await proxy.printed(/Listening {2}(\S+)/)
    const call = { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' }
    await expect(fetch(url!, call)).rejects.toThrow()
    proxy.child.kill('SIGINT')
    const { code, stdout } = await proxy.ended
    expect(JSON.parse(stdout)).toMatchObject({ capture: { exchanges: 1 } })
    expect(code).toBe(4)
  })

  test('a reader that goes away ends it quietly, the capture complete', async () => {
    const servers = await startDemoServers('none')
    const har = join(folder, 'gone.har')
    try {
      const proxy = start([servers.mcpUrl, '--port', '0', '--format', 'ndjson', '--har', har])
      const [, url] = await proxy.printed(/"url":"(http:[^"]+)"/)
      proxy.child.stdout?.destroy()
      const { ok } = await runDemoClient(url!, 'none', () => {}).catch(() => ({ ok: false }))
      const { stderr } = await proxy.ended
      expect(stderr).not.toMatch(/bug|EPIPE/)
      expect(JSON.parse(await readFile(har, 'utf8'))).toHaveProperty('log.entries')
      expect([true, false]).toContain(ok)
    } finally {
      await servers.stop()
    }
  })

  test('runs a client: it owns the standard streams, {url} and AUTHTAP_URL are set, and we end when it ends', async () => {
    const servers = await startDemoServers('none')
    try {
      const script =
        'console.log("out", process.argv[1] === process.env.AUTHTAP_URL); fetch(process.argv[1], { method: "POST", body: "{}" }).then(() => process.exit(7))'
      const args = [
        servers.mcpUrl,
        '--port',
        '0',
        '--exit-code',
        'client',
        '--',
        process.execPath,
        '-e',
        script,
        '{url}',
      ]
      const { code, stdout, stderr } = await run(args)
      expect(stdout).toBe('out true\n')
      expect(stderr).toContain('Listening')
      expect(code).toBe(7)
    } finally {
      await servers.stop()
    }
  })
})

describe('secrets', () => {
  test('none of a run is in anything it prints or saves: plain, percent-encoded or in base64', async () => {
    const servers = await startDemoServers('none')
    const secrets = new Set<string>()
    const original = globalThis.fetch
    globalThis.fetch = async (input, init) => {
      collect(secrets, input instanceof Request ? input.url : String(input), init?.body)
      const response = await original(input, init)
      const text = await response.clone().text()
      collect(secrets, response.headers.get('location') ?? '', text)
      return response
    }
    try {
      const har = join(folder, 'secrets.har')
      const log = join(folder, 'secrets.log')
      const proxy = start([
        servers.mcpUrl,
        '--port',
        '0',
        '--format',
        'ndjson',
        '--har',
        har,
        '--log-level',
        'trace',
        '--log-file',
        log,
      ])
      const [, url] = await proxy.printed(/"url":"(http:[^"]+)"/)
      expect(await runDemoClient(url!, 'none', () => {})).toMatchObject({ ok: true })
      proxy.child.kill('SIGINT')
      const { stdout, stderr } = await proxy.ended
      expect(secrets.size).toBeGreaterThan(5)
      expect(await readFile(log, 'utf8')).toContain('token (authorization_code): 200, token issued')
      const files = await Promise.all(
        (await readdir(folder))
          .filter((name) => name.startsWith('secrets'))
          .map((name) => readFile(join(folder, name), 'utf8')),
      )
      const all = [stdout, stderr, ...files].join('\n')
      for (const secret of secrets)
        for (const form of [
          secret,
          encodeURIComponent(secret),
          Buffer.from(secret).toString('base64').replace(/=+$/, ''),
        ])
          expect(all.includes(form), `${secret.slice(0, 6)}… is in the output`).toBe(false)
    } finally {
      globalThis.fetch = original
      await servers.stop()
    }
  })
})

/** Picks what must stay secret out of a URL and a body. */
function collect(secrets: Set<string>, url: string, body: unknown): void {
  const text = `${url}&${body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : ''}`
  for (const [, value] of text.matchAll(
    /[?&](?:code|code_verifier|state|refresh_token|client_secret)=([^&\s"]{8,})/g,
  ))
    secrets.add(decodeURIComponent(value!))
  for (const [, value] of text.matchAll(
    /"(?:access_token|refresh_token|client_secret|registration_access_token)":"([^"]{8,})"/g,
  ))
    secrets.add(value!)
}

describe('what people type in another way', () => {
  test.each([
    [['-v'], /^\d+\.\d+\.\d+\n$/],
    [['help', 'analyze'], /^Usage: authtap analyze/],
    [['explain', 'aud'], /audience\/aud-mismatch/],
  ])('is understood: %s', async (args, expected) => {
    const { code, stdout } = await run(args)
    expect(stdout).toMatch(expected)
    expect(code).toBe(0)
  })

  test.each([
    [['record'], 'authtap MCP-URL records every session by itself'],
    [['proxy'], 'authtap MCP-URL starts the proxy'],
    [['help', 'analyse'], 'Did you mean analyze?'],
    [['explain', 'zzzz'], 'There is no rule zzzz'],
  ])('is told what to type in its place: %s', async (args, expected) => {
    const { code, stderr } = await run(args)
    expect(stderr).toContain(expected)
    expect(code).toBe(2)
  })

  test('is not echoed where it may hold a password or a key', async () => {
    const { stderr } = await run(['htp://me:geheim@mcp.example/mcp?key=schluessel'])
    expect(stderr).toContain('htp://…@mcp.example/mcp?…')
    expect(stderr).not.toMatch(/geheim|schluessel/)
  })
})
