import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clearTimeout, setTimeout } from 'node:timers'
import { built } from '../tools/built.mjs'
import { brokenText } from './breaking.mjs'
import { keep } from './children.mjs'

const { flags } = await import(new URL('../../dist/src/options.js', import.meta.url).href)
const commands = [
  '',
  '',
  '',
  'check',
  'analyze',
  'sessions',
  'attach',
  'report',
  'diff',
  'redact',
  'explain',
  'rules',
  'demo',
  'help',
  'setup',
]

/** What people type, and what they type by mistake. */
const words = [
  ...[
    '',
    '-',
    '.',
    '0',
    '1',
    '-1',
    '1e99',
    '8484x',
    'a b',
    'constructor',
    '__proto__',
    '%zz',
    '--',
    '-h',
    '-x',
  ],
  ...[
    'good.har',
    'text.txt',
    'missing.har',
    'missing/x',
    '@last',
    '@0',
    '@nobody',
    '{url}',
    'é',
    '\u202e',
    '\x1b[2J',
  ],
  ...[
    'list',
    'show',
    'prune',
    'test',
    'none',
    'wrong-audience',
    'pkce/verifier-missing',
    'fault',
    'fault/token',
  ],
  ...[
    '127.0.0.1',
    'localhost',
    '[::1]:0',
    'kind:token status:4xx',
    'status:(',
    'http://',
    'http://127.0.0.1:9/mcp',
  ],
  ...[
    'https://me:word@mcp.invalid',
    'http://[::1',
    'mcp.invalid/mcp',
    'ws://',
    'ws://127.0.0.1:9',
    'ftp://x/',
  ],
]

/** A command line. Whatever listens runs a client that ends at once. */
export function lineInput(chance) {
  const command = chance.pick(commands)
  const given = Array.from({ length: chance.few(4) }, () => flag(chance)).flat()
  const rest = Array.from({ length: chance.few(3) }, () => word(chance))
  if (command !== '')
    return { args: [command, ...(chance.is(0.5) ? [...rest, ...given] : [...given, ...rest])] }
  const url = chance.is(0.7) ? ['http://127.0.0.1:9/mcp'] : []
  return { args: [...url, ...given, ...rest, '--', process.execPath, '-e', '0'] }
}

function word(chance) {
  const one = chance.pick(words)
  // Nothing outside the folder in which it runs is read or written.
  return chance.is(0.2)
    ? brokenText(chance, one, words)
        .replaceAll(/\0|\.\.|^\/+/g, '')
        .slice(0, 5000)
    : one
}

function flag(chance) {
  const { name, value, choices = [] } = chance.pick(flags)
  if (value === undefined) return [chance.is(0.8) ? `--${name}` : `--${name}=`]
  const given = choices.length > 0 && chance.is(0.7) ? chance.pick(choices) : word(chance)
  return chance.is(0.5)
    ? [`--${name}`, given]
    : chance.is(0.8)
      ? [`--${name}=${given}`]
      : [`--${name}`]
}

/** Longer than this nothing runs that a person did not ask to: `attach` and `--watch` are told to end then. */
const patience = 8000

export async function judgeLine(judge, { args }) {
  writeFileSync(join(judge.folder, 'good.har'), '{"log":{"version":"1.2","entries":[]}}')
  writeFileSync(join(judge.folder, 'text.txt'), 'no capture\n')
  const env = {
    ...process.env,
    XDG_STATE_HOME: join(judge.folder, 'state'),
    CI: '1',
    BROWSER: 'true',
  }
  const child = keep(
    spawn(process.execPath, [built('src/cli.js'), ...args], {
      cwd: judge.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-500_000)))
  const timers = [
    setTimeout(() => child.kill('SIGINT'), patience),
    setTimeout(() => child.kill('SIGKILL'), 3 * patience),
  ]
  const [code, signal] = await new Promise((resolve) =>
    child.once('close', (...end) => resolve(end)),
  )
  timers.forEach(clearTimeout)
  const own = /.*(?:his is a bug in authtap|Warning: |^\s+at .*:\d+:\d+).*/m.exec(said)
  return [
    ...(code === 70 || code === null ? [`it exits with ${code ?? signal}`] : []),
    ...(own === null ? [] : [own[0]]),
  ]
}
