/** Every command and flag, through the built program. */
import fc from 'fast-check'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCodes } from '../src/shell/exit.ts'
import { flags } from '../src/options.ts'
import { run } from './command.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-lines-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const commands = [
  ...['', 'check', 'analyze', 'sessions', 'attach', 'report', 'diff', 'redact', 'explain', 'rules'],
  ...['demo', 'help', 'setup', 'version', 'analyse', '-v', 'constructor'],
] as const

/** What people type, and what they type by mistake. */
const words = [
  ...['', '-', '.', '0', '1', '-1', '1e99', '8484x', 'a b', 'constructor', '__proto__', '%zz'],
  ...['good.har', 'text.txt', 'missing.har', 'missing/x', '@last', '@0', '@nobody', '{url}'],
  ...['list', 'show', 'prune', 'test', 'none', 'wrong-audience', 'pkce/verifier-missing'],
  ...['127.0.0.1', 'localhost', '[::1]:0', 'kind:token status:4xx', 'status:(', 'http://'],
  ...['https://me:word@mcp.example', 'http://[::1', 'mcp.example.com/mcp', 'ws://', 'ftp://x/'],
]

const valueOf = (choices: readonly string[] = []) =>
  choices.length === 0
    ? fc.constantFrom(...words)
    : fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...choices) },
        { weight: 1, arbitrary: fc.constantFrom(...words) },
      )

const flag = fc.constantFrom(...flags).chain(({ name, value, choices }) =>
  value === undefined
    ? fc.constantFrom([`--${name}`], [`--${name}=`])
    : fc.oneof(
        valueOf(choices).map((text) => [`--${name}`, text]),
        valueOf(choices).map((text) => [`--${name}=${text}`]),
        fc.constant([`--${name}`]),
      ),
)

/** A proxy that starts runs a client that ends at once, so that it ends too. */
const client = ['--', process.execPath, '-e', '0']

const line = fc
  .record({
    command: fc.constantFrom(...commands),
    given: fc.array(flag, { maxLength: 3 }),
    url: fc.boolean(),
    rest: fc.array(fc.constantFrom(...words), { maxLength: 2 }),
  })
  .map(({ command, given, url, rest }) =>
    command === ''
      ? [...(url ? ['http://127.0.0.1:9/mcp'] : []), ...given.flat(), ...rest, ...client]
      : [command, ...rest, ...given.flat()],
  )

async function codeOf(args: readonly string[]): Promise<number | null> {
  await writeFile(join(folder, 'good.har'), '{"log":{"version":"1.2","entries":[]}}')
  await writeFile(join(folder, 'text.txt'), 'no capture\n')
  const { code, stderr } = await run(args, { cwd: folder })
  expect(stderr).not.toContain('this is a bug')
  return code
}

test.each([['--no-color'], ['--relay', 'auto'], ['--host', '127.0.0.1'], ['--journal', 'DIR']])(
  'flags without a URL, as in authtap %s, are told what is missing',
  async (...args) => {
    const { code, stderr } = await run(args, { cwd: folder })
    expect(code).toBe(exitCodes.usage)
    expect(stderr).toContain('authtap MCP-URL')
  },
)

test.each([
  ['-v', exitCodes.fine, /^\d+\.\d+\.\d+/],
  ['help analyze', exitCodes.fine, /^Usage: authtap analyze/],
  ['explain aud', exitCodes.fine, /audience\/aud-mismatch/],
  ['record', exitCodes.usage, /authtap MCP-URL records every session/],
  ['proxy', exitCodes.usage, /authtap MCP-URL starts the proxy/],
  ['setup', exitCodes.usage, /authtap MCP-URL prints how to point/],
  ['version', exitCodes.usage, /authtap --version/],
  ['analyse x.har', exitCodes.usage, /Did you mean analyze\?/],
])('authtap %s is understood, or told what to type instead', async (typed, code, said) => {
  const ended = await run(typed.split(' '), { cwd: folder })
  expect(ended.code).toBe(code)
  expect(ended.stdout + ended.stderr).toMatch(said)
})

test('after a session in which nothing was seen no report is offered', async () => {
  const args = ['http://127.0.0.1:9/mcp', '--journal', folder, '--', process.execPath, '-e', '0']
  const { stderr } = await run(args, { cwd: folder })
  expect(stderr).toContain('There was nothing to judge')
  expect(stderr).toContain('authtap check http://127.0.0.1:9/mcp')
  expect(stderr).not.toContain('authtap report')
})

test('nothing that a person types is a bug in authtap', async () => {
  await fc.assert(
    fc.asyncProperty(line, async (args) => {
      expect(await codeOf(args)).not.toBe(exitCodes.bug)
    }),
    { numRuns: 60 },
  )
}, 600_000)
