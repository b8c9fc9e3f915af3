import { ask, say } from '../model/layers.ts'
import { pathOf } from '../model/rows.ts'
import type { Stage } from './stage.ts'

/** Asks before the request of the selected exchange goes out again, and says what that may do. */
export function askToResend(stage: Stage): void {
  const { ui, effects } = stage
  const row = ui.selected
  if (row === undefined) return say(ui, 'No exchange is selected.')
  const replay = effects.replay(row)
  if (typeof replay === 'string')
    return say(ui, `#${row.id} cannot be sent again. ${replay}`, 'warning')
  // What comes meanwhile must not take its place.
  ui.select(row.id)
  const path = pathOf(row.url).split('?', 1)[0]
  ask(
    ui,
    `Send #${row.id} again?`,
    [
      ...replay.warnings,
      `${row.method} ${path} goes to the server once more, through the proxy and with its secrets.`,
      'It is recorded and marked as sent again. No rule looks at it, because the client did not send it.',
    ],
    [
      { key: 'y', label: 'send', does: () => resendNow(stage) },
      { key: 'n', label: 'do not send' },
    ],
  )
}

function resendNow({ ui, effects }: Stage): void {
  const row = ui.selected
  const replay = row === undefined ? 'No exchange is selected.' : effects.replay(row)
  if (typeof replay === 'string') say(ui, replay, 'warning')
  else effects.resend(replay, row!)
}
