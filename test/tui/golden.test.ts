/** Whole screens against `test/golden/`. */
import { describe, expect, test } from 'vitest'
import { open, type Session } from './harness.ts'
import { compile } from './term/compile.ts'

const program = compile('test/tui/fixtures/session.ts')

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
] as const

interface Screen {
  readonly name: string
  readonly scene: string
  /** Typed one after the other, each once the screen is quiet. */
  readonly keys: readonly string[]
  readonly wait: string
  readonly env?: Readonly<Record<string, string>>
}

const enter = '\r'

const screens: readonly Screen[] = [
  { name: 'welcome', scene: 'empty', keys: [], wait: 'Point the client at' },
  { name: 'live', scene: 'login', keys: [], wait: 'AUTH SERVER' },
  { name: 'flow', scene: 'login', keys: ['2'], wait: '╰─ AUTH SERVER' },
  { name: 'flows', scene: 'two', keys: ['2'], wait: 'what broke first' },
  { name: 'flow-two', scene: 'two', keys: ['2', '[', enter], wait: 'Flow 1 of 2' },
  { name: 'findings', scene: 'login', keys: ['3'], wait: 'Evidence' },
  { name: 'checklist', scene: 'login', keys: ['4'], wait: 'D-1' },
  { name: 'detail-request', scene: 'login', keys: ['k', enter, 'h'], wait: '[Request]' },
  { name: 'detail-response', scene: 'login', keys: [enter], wait: '[Response]' },
  { name: 'detail-token', scene: 'login', keys: ['k', enter, 'l'], wait: '[Token]' },
  { name: 'detail-checks', scene: 'login', keys: ['k', enter, 'l', 'l'], wait: '[Checks]' },
  { name: 'detail-curl', scene: 'login', keys: ['k', enter, 'c'], wait: '[curl]' },
  { name: 'help', scene: 'login', keys: ['?'], wait: 'every key' },
  { name: 'palette', scene: 'login', keys: [':', 'f', 'l', 'o', 'w'], wait: ':flow' },
  { name: 'log', scene: 'login', keys: [':', 'l', 'o', 'g', enter], wait: 'Nothing so far' },
  { name: 'copy', scene: 'login', keys: ['y'], wait: 'curl, secrets' },
  { name: 'export', scene: 'login', keys: ['x'], wait: 'JSONL' },
  { name: 'diff', scene: 'login', keys: ['g', 'm', 'G', 'd'], wait: 'Differences' },
  {
    name: 'capture',
    scene: 'login',
    keys: [],
    wait: '6/7',
    env: { CAPTURE: 'login.har' },
  },
  {
    name: 'filter',
    scene: 'login',
    keys: ['f', 'k', 'i', 'n', 'd', ':', 't', 'o', 'k', 'e', 'n'],
    wait: '1 of 7',
  },
  { name: 'ascii', scene: 'login', keys: [], wait: 'AUTH SERVER', env: { LANG: 'C' } },
]

async function show(
  { scene, keys, wait, env }: Screen,
  columns: number,
  rows: number,
): Promise<Session> {
  const session = open([process.execPath, program], {
    columns,
    rows,
    env: { SCENE: scene, TZ: 'UTC', ...env },
  })
  await session.until(scene === 'empty' ? 'Waiting' : 'FAIL')
  await session.quiet()
  for (const key of keys) {
    session.type(key)
    await session.quiet()
  }
  await session.until(wait)
  await session.quiet()
  return session
}

describe.each(sizes)('at $columns×$rows', ({ columns, rows }) => {
  test.each(screens)('the screen $name looks as it should', async (screen) => {
    const session = await show(screen, columns, rows)
    const text = session.lines().join('\n')
    await expect(`${text}\n`).toMatchFileSnapshot(`../golden/${screen.name}-${columns}x${rows}.txt`)
    expect(session.lines().every((line) => [...line].length <= columns)).toBe(true)
  })
})
