/** Secrets in what a running program puts out: at the terminal, in a pipe, in files. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { toEntry } from '../../src/core/har/write.ts'
import { startDemoServers } from '../../src/demo/parties.ts'
import { type Started, run, start } from '../command.ts'
import { login } from '../core/login.ts'
import { remains } from '../core/redact/redaction.ts'
import { plantedIn } from './planting.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-binary-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Made at run time, and not to be taken for anything else. */
const made = (name: string) => `${name}Z${'q7Xk'.repeat(6)}${name.length}`

async function filesIn(dir: string): Promise<[name: string, text: string][]> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true })
  return Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), 'utf8')]),
  )
}

function leaksOf(texts: Iterable<readonly [string, string]>, secrets: readonly string[]): string[] {
  return [...texts].flatMap(([name, text]) =>
    secrets
      .filter((secret) => remains(text, secret).length > 0)
      .map((secret) => `${secret} in ${name}`),
  )
}

describe('a live proxy', () => {
  const secrets = {
    bearer: made('bearer'),
    cookie: made('cookie'),
    apiKey: made('apikey'),
    code: made('code'),
    verifier: made('verifier'),
    state: made('state'),
    client: made('clientsecret'),
    refresh: made('refresh'),
    query: made('query'),
    quoted: made('quoted'),
  }

  /** Asks for what a client would ask for, with secrets in every place. */
  async function ask(url: string): Promise<void> {
    const rpc = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} })
    const quiet = (doing: Promise<Response>) =>
      doing.then((response) => response.text()).catch(() => '')
    await quiet(
      fetch(`${url}?access_token=${secrets.query}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${secrets.bearer}`,
          cookie: `sid=${secrets.cookie}`,
          'x-api-key': secrets.apiKey,
          'x-trace': `again ${secrets.bearer}`,
        },
        body: rpc,
      }),
    )
    const to = new URL(url).origin
    await quiet(
      fetch(`${to}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`id:${secrets.client}`).toString('base64')}`,
          referer: `${to}/login?state=${secrets.state}`,
        },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: secrets.code,
          code_verifier: secrets.verifier,
          refresh_token: secrets.refresh,
        }),
      }),
    )
    await quiet(fetch(`${to}/nothing/${secrets.code}?state=${secrets.state}&x=${secrets.verifier}`))
    await quiet(
      fetch(`${to}/also?redirect=${encodeURIComponent(`http://h/?code=${secrets.code}`)}`),
    )
  }

  async function ended(proxy: Started) {
    proxy.child.kill('SIGINT')
    return proxy.ended
  }

  test.each(['text', 'ndjson', 'json'])(
    'printing %s lets out no secret: not there, not in the journal, the HAR, the log, nor to a viewer',
    async (format) => {
      const servers = await startDemoServers('none')
      const dir = join(folder, `live-${format}`)
      await mkdir(dir)
      const at = (name: string) => join(dir, name)
      try {
        const proxy = start([
          ...[`${servers.mcpUrl}?api_key=${secrets.quoted}`, '--port', '0', '--format', format],
          ...['--journal', at('journal'), '--har', at('live.har'), '--listen', '0'],
          ...['--log-file', at('log'), '--log-level', 'trace', '--output', at('output')],
        ])
        onTestFinished(() => void proxy.child.kill())
        const [, url] = await proxy.printed(/Listening {2}(http:\/\/localhost:\d+\/mcp)/)
        const [, viewer, token] = await proxy.printed(/attach (ws:\S+) --token (\S+)/)
        const watching = start([
          ...['attach', viewer!, '--token', token!, '--format', 'ndjson'],
          ...['--output', at('seen'), '--har', at('seen.har')],
        ])
        onTestFinished(() => void watching.child.kill())
        await until(at('seen'), /./)
        await ask(url!)
        const live = await ended(proxy)
        watching.child.kill('SIGINT')
        const seen = await watching.ended
        const files = await filesIn(dir)
        expect(files.length).toBeGreaterThanOrEqual(5)
        const all = [
          ...files,
          ['stdout', live.stdout],
          ['stderr', live.stderr],
          ['viewer stdout', seen.stdout],
          ['viewer stderr', seen.stderr],
        ] as const
        expect(leaksOf(all, Object.values(secrets))).toEqual([])
        const again = await run([
          'analyze',
          '@last',
          '--journal',
          at('journal'),
          '--format',
          'json',
        ])
        const list = await run(['sessions', '--journal', at('journal')])
        const shown = await run(['sessions', 'show', '@last', '--journal', at('journal')])
        const later = [again, list, shown].flatMap(({ stdout, stderr }, index) => [
          [`${index} stdout`, stdout] as const,
          [`${index} stderr`, stderr] as const,
        ])
        expect(leaksOf(later, Object.values(secrets))).toEqual([])
        expect(list.stdout).toContain('@last')
      } finally {
        await servers.stop()
      }
    },
  )

  /** The text of a file once it matches. */
  async function until(path: string, pattern: RegExp): Promise<string> {
    for (;;) {
      const text = await readFile(path, 'utf8').catch(() => '')
      if (pattern.test(text)) return text
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
})

describe('what goes wrong', () => {
  const secret = made('accident')
  const har = () =>
    JSON.stringify({
      log: {
        creator: { name: 'x' },
        entries: login().map((exchange, index) =>
          toEntry(
            {
              ...exchange,
              request: {
                ...exchange.request,
                headers: [
                  ...exchange.request.headers,
                  ['authorization', `Bearer ${secret}${index}`],
                ],
              },
            },
            {},
          ),
        ),
      },
    })
  const rule = (check: string) => `export default {
    id: 'own/rule', title: 'A rule that fails', severity: ['error'], fault: ['client'],
    spec: ['RFC 6750 §2.1'], revisions: 'all', why: 'w', remedy: 'r', on: ['mcp', 'challenge'],
    check: function* (step) { ${check} },
    examples: {
      good: [{ name: 'g', http: '> GET https://a/' }],
      bad: [{ name: 'b', http: '> GET https://a/' }],
    },
  }\n`

  async function analyzed(check: string, args: readonly string[] = []) {
    const capture = join(folder, 'accident.har')
    const own = join(folder, 'own')
    await mkdir(join(own, 'own'), { recursive: true })
    await writeFile(capture, har())
    await writeFile(join(own, 'own', 'rule.mjs'), rule(check))
    const log = join(folder, 'accident.log')
    const flags = ['--log-file', log, '--log-level', 'trace', '--rules', own, ...args]
    const said = await run(['analyze', capture, ...flags])
    const written = await readFile(log, 'utf8').catch(() => '')
    return {
      ...said,
      texts: [
        ['stdout', said.stdout],
        ['stderr', said.stderr],
        ['log', written],
      ] as const,
    }
  }

  test.each(['text', 'ndjson', 'json'])(
    'a rule that throws with a secret in what it throws says nothing of it (%s)',
    async (format) => {
      const { stdout, texts, code } = await analyzed(
        'throw new Error("saw " + step.authorization.join())',
        ['--format', format],
      )
      expect(code).not.toBe(70)
      expect(stdout + texts[2][1]).toMatch(/own\/rule/)
      expect(leaksOf(texts, [secret])).toEqual([])
    },
  )

  test('a bug that ends the process says where it is, and nothing of what it held', async () => {
    const { code, stderr, texts } = await analyzed(
      'const held = step.authorization.join(); setImmediate(() => { throw new RangeError("held " + held) })',
    )
    expect(code).toBe(70)
    expect(stderr).toContain('this is a bug in authtap (RangeError')
    expect(leaksOf(texts, [secret])).toEqual([])
  })

  test.each([
    [
      'a line that is none',
      () => `> GET https://a/\n> authorization: Bearer ${secret}\nBearer ${secret}`,
    ],
    ['half a field', () => `> GET https://a/?access_token=${secret}\n> Bearer ${secret}`],
    ['a URL that is none', () => `> GET ht!tp://${secret}`],
    ['other JSON', () => JSON.stringify({ access_token: secret })],
    ['a cut HAR', () => `{"log":{"creator":{"name":"${secret}"},"entr`],
    ['a journal of another version', () => `{"schema":"authtap.journal/9","x":"${secret}"}\n`],
    ['a filling that is none', () => `> GET https://a/\${jwt {"access_token":"${secret}}`],
  ])('a file with %s is refused without quoting what is in it', async (_, text) => {
    const path = join(folder, 'bad')
    await writeFile(path, text())
    for (const command of [['analyze'], ['report'], ['redact']]) {
      const { code, stdout, stderr } = await run([...command, path])
      expect([2, 3, 0]).toContain(code)
      expect(
        leaksOf(
          [
            ['stdout', stdout],
            ['stderr', stderr],
          ],
          [secret],
        ),
      ).toEqual([])
    }
  })
})

test('captures with secrets anywhere leave by no door of the binary', async () => {
  for (const [index, { exchanges, planted }] of fc
    .sample(plantedIn(login({ audience: 'https://elsewhere.example', refused: true })), {
      numRuns: 3,
    })
    .entries()) {
    const dir = join(folder, `planted-${index}`)
    await mkdir(dir)
    const capture = join(folder, `planted-${index}.har`)
    const entries = exchanges.map((exchange) => toEntry(exchange, {}))
    await writeFile(capture, JSON.stringify({ log: { creator: { name: 'x' }, entries } }))
    const commands = [
      [
        'analyze',
        capture,
        '--checklist',
        '--har',
        join(dir, 'analyze.har'),
        '--log-level',
        'debug',
      ],
      ['analyze', capture, '--format', 'ndjson'],
      ['analyze', '-', '--format', 'json'],
      ['redact', capture],
      ['report', capture, '--format', 'html'],
      ['report', '-', '--format', 'md', '--output', join(dir, 'report.md')],
    ]
    const input = await readFile(capture, 'utf8')
    const texts: (readonly [string, string])[] = []
    for (const args of commands) {
      const { stdout, stderr } = await run(args, { input })
      texts.push([`${args[0]} stdout`, stdout], [`${args[0]} stderr`, stderr])
    }
    texts.push(...(await filesIn(dir)))
    const secrets = planted.map(({ secret }) => secret)
    expect(leaksOf(texts, secrets)).toEqual([])
  }
})
