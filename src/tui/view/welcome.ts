import { keyFor } from '../keys/keys.ts'
import { verdictLine } from '../model/verdict-line.ts'
import { waitingFor } from '../model/waiting.ts'
import { type Line, blankLine, labelled, line, prose } from './line.ts'
import type { Scene } from './scene.ts'

/** What the list shows before anything has come: where to point the client, how, and what will happen then. */
export function welcomePage(scene: Scene, columns: number): Line[] {
  const { urls, ui, since, now, setup, demo } = scene
  const room = columns - 1
  const waiting = waitingFor(ui.model, since, now) ?? ''
  if (ui.capture !== undefined) return prose(verdictLine(ui, since, now).text, room, undefined, 1)
  if (demo !== undefined) return prose(demo, room, undefined, 1)
  return [
    line(
      urls.length > 1 ? ' Point the client at one of these URLs' : ' Point the client at this URL',
      'heading',
    ),
    ...urls.flatMap(({ url, upstream }) => [
      line(`   ${url}`, 'match'),
      ...prose(`in place of ${upstream}`, room, 'dim', 5),
    ]),
    blankLine,
    ...setup.flatMap(({ client, text }) => labelled(`   ${client}`, text, room, 16)),
    blankLine,
    ...prose(waiting, room, 'partly', 1),
    ...prose(
      `authtap is a new address to the client, so the client asks you to log in once more. Then every step shows here, and the line at the top says what broke first. ${keyFor('copy', ui.keys)} copies one of these lines; ${keyFor('help', ui.keys)} shows all keys.`,
      room,
      'dim',
      1,
    ),
  ]
}
