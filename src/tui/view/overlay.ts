import type { Key } from '../keys/keys.ts'
import type { Overlay, State } from '../model/state.ts'
import type { Frame, Rect } from '../term/frame.ts'
import { pad } from '../term/width.ts'
import { overlayPlace } from './layout.ts'
import { type Line, blankLine, line, prose, putLine, scrollBar } from './line.ts'
import { clock } from '../model/rows.ts'
import type { Scene } from './scene.ts'
import { connectPage } from './welcome.ts'

/** Every key: first those of the pane that was in use. */
export function helpPage(scene: Scene, columns: number): Line[] {
  const widest = Math.min(22, Math.max(...scene.help.map(({ shown }) => shown.length)))
  let section = ''
  return scene.help.flatMap((one) => {
    const head =
      one.section === section
        ? []
        : [...(section === '' ? [] : [blankLine]), line(` ${one.section}`, 'heading')]
    section = one.section
    return [
      ...head,
      ...prose(one.text, columns - 1, undefined, widest + 5).map((text, place): Line =>
        place === 0
          ? [
              { text: `   ${pad(one.shown, widest)}  `, style: 'key' },
              { text: text[0]!.text.slice(widest + 5) },
            ]
          : text,
      ),
    ]
  })
}

export function logPage({ ui }: Scene, columns: number): Line[] {
  const { log } = ui.model
  if (log.length === 0) return [line(' Nothing so far.', 'dim')]
  return log.flatMap(({ at, level, text }) =>
    prose(text, columns - 1, undefined, 11).map((one, place): Line =>
      place === 0
        ? [
            { text: ` ${clock(at)}  `, style: 'dim' },
            {
              text: one[0]!.text.slice(11),
              style: level === 'error' ? 'fail' : level === 'warning' ? 'warn' : 'text',
            },
          ]
        : one,
    ),
  )
}

/** Commands whose name holds the letters typed, in their order; the closer together, the earlier. */
export function paletteChoices<A extends Key>(commands: readonly A[], typed: string): A[] {
  const wanted = [...typed.toLowerCase().replaceAll(' ', '')]
  return commands
    .map((command) => ({
      command,
      spread: spreadOf(`${command.text} ${command.action}`.toLowerCase(), wanted),
    }))
    .filter(({ spread }) => spread !== undefined)
    .sort((a, b) => a.spread! - b.spread!)
    .map(({ command }) => command)
}

function spreadOf(text: string, wanted: readonly string[]): number | undefined {
  let at = -1
  let spread = 0
  for (const letter of wanted) {
    const next = text.indexOf(letter, at + 1)
    if (next < 0) return undefined
    spread += next - at
    at = next
  }
  return spread
}

/** Where the overlay on top lies, and how many of its rows scroll. */
export function placeOverlay(overlay: Overlay | 'palette', scene: Scene, commands: number): Rect {
  const { size } = scene
  if (overlay === 'palette')
    return overlayPlace(size, Math.min(commands, 14) + 3, Math.min(70, size.columns - 4))
  switch (overlay.kind) {
    case 'help':
      return overlayPlace(size, scene.size.rows, Math.min(84, size.columns - 4))
    case 'connect': {
      const columns = Math.min(100, size.columns - 4)
      return overlayPlace(size, connectPage(scene, columns - 2).length + 2, columns)
    }
    case 'log':
      return overlayPlace(size, scene.size.rows)
    case 'diff':
    case 'comparison':
      return { x: 0, y: 2, columns: size.columns, rows: size.rows - 3 }
    case 'menu':
      return overlayPlace(size, overlay.choices.length + 2, Math.min(60, size.columns - 4))
    case 'question': {
      const columns = Math.min(64, size.columns - 4)
      const lines = overlay.lines.flatMap((text) => prose(text, columns - 4)).length
      return overlayPlace(size, lines + overlay.choices.length + 3, columns)
    }
  }
}

export function drawPage(frame: Frame, lines: readonly Line[], top: number, scene: Scene): void {
  for (let y = 0; y < frame.rows && top + y < lines.length; y++)
    putLine(frame, y, lines[top + y]!, scene.theme)
  scrollBar(frame, frame.columns - 1, 0, frame.rows, { top, total: lines.length }, scene.theme)
}

export function drawChoices(
  frame: Frame,
  overlay: Extract<Overlay, { kind: 'menu' | 'question' }>,
  { ui, theme }: Scene,
): void {
  let y = 0
  if (overlay.kind === 'question') {
    for (const text of overlay.lines.flatMap((one) => prose(one, frame.columns - 2, undefined, 1)))
      putLine(frame, y++, text, theme)
    y++
  }
  overlay.choices.forEach(({ key, label }, place) => {
    const chosen = place === ui.state.choice
    frame.put(
      0,
      y + place,
      pad(` ${key}  ${label}`, frame.columns),
      chosen ? theme.selected : theme.text,
    )
    if (!chosen) frame.put(1, y + place, key, theme.key)
  })
}

export function drawPalette(
  frame: Frame,
  choices: readonly Key[],
  { state, theme }: { state: State; theme: Scene['theme'] },
  top: number,
): void {
  const typed = `:${state.prompt?.text ?? ''}`
  const x = frame.put(0, 0, typed, theme.prompt)
  frame.cursor(x, 0)
  choices.slice(top, top + frame.rows - 1).forEach(({ text, shown }, place) => {
    const chosen = top + place === state.choice
    const room = frame.columns - 14
    frame.put(
      0,
      place + 1,
      pad(` ${pad(text, room)} ${pad(shown, 11, 'right')}`, frame.columns),
      chosen ? theme.selected : theme.text,
    )
  })
}
