import { expect, test } from 'vitest'
import type { Redactor } from '../../src/core/redact/redactor.ts'
import { createRedactor } from '../../src/core/redact/redactor.ts'
import { Session } from '../../src/core/session.ts'
import { parseOptions } from '../../src/shell/arguments.ts'
import type { Context } from '../../src/shell/context.ts'
import { openOutputs } from '../../src/shell/outputs.ts'
import { Screen } from '../../src/shell/screen.ts'
import type { Notice } from '../../src/tap/notices.ts'
import type { Tui, TuiOptions } from '../../src/tui/tui.ts'

const context: Context = {
  env: {},
  platform: 'linux',
  stdinIsTerminal: true,
  stdoutIsTerminal: true,
  stderrIsTerminal: true,
  columns: () => 80,
  ending: new Promise(() => {}),
  onSignal: undefined,
}
const options = parseOptions([], [])
const redactor: Redactor = createRedactor({ key: Buffer.alloc(32, 7) })

/** A screen that only remembers what it was given. */
function screenOf() {
  const told: string[] = []
  let given: TuiOptions | undefined
  const tui: Tui = {
    event: () => {},
    close: async () => {},
    ended: new Promise(() => {}),
    notice: (text, level) => void told.push(`${level}: ${text}`),
    progress: () => {},
    over: () => {},
    stop: () => {},
  }
  const screen = new Screen(context, options, [], (tuiOptions) => {
    given = tuiOptions
    return tui
  })
  const open = () =>
    screen.open({
      run: {
        session: new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } }),
      },
      redactor,
      targets: [],
      urls: [{ url: 'http://localhost:8484/mcp', upstream: 'https://mcp.example/mcp' }],
      replay: () => 'no',
    })
  return { screen, open, told, given: () => given }
}

async function tellAll(notices: readonly Omit<Notice, 'code'>[]) {
  const { screen, open, told } = screenOf()
  const outputs = await openOutputs(context, options, { live: false, screen }, redactor)
  for (const notice of notices) outputs.tell({ code: 'any', ...notice })
  open()
  for (const notice of notices) outputs.tell({ code: 'any', ...notice })
  return told
}

test('the screen gets a notice with its level and no mark, before it opens as after', async () => {
  const told = await tellAll([
    { level: 'error', text: 'It went wrong.' },
    { level: 'warning', text: 'It may go wrong.' },
    { level: 'info', text: 'It goes on.' },
  ])
  const wanted = ['error: It went wrong.', 'warning: It may go wrong.', 'info: It goes on.']
  expect(told).toEqual([...wanted, ...wanted])
})

test('no level is read out of the text of a line', async () => {
  const { screen, open, told } = screenOf()
  open()
  for (const line of ['x marks the spot', '✗ as somebody wrote it', '^ a caret']) screen.say(line)
  expect(told).toEqual([
    'info: x marks the spot',
    'info: ✗ as somebody wrote it',
    'info: ^ a caret',
  ])
})

test('what points clients at the proxy comes as data', () => {
  const { open, given } = screenOf()
  open()
  expect(given()?.setup).toContainEqual(
    expect.objectContaining({
      client: 'Codex',
      text: 'codex mcp add authtap --url http://localhost:8484/mcp',
    }),
  )
})
