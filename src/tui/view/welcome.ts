import { keyFor } from '../keys/keys.ts'
import { verdictLine, verdictText } from '../model/verdict-line.ts'
import { waitingFor } from '../model/waiting.ts'
import { type Line, blankLine, labelled, line, prose } from './line.ts'
import type { Scene } from './scene.ts'

/** What the list shows before anything has come: where to point the client, how, and what will happen then. */
export function welcomePage(scene: Scene, columns: number): Line[] {
  const { ui, since, now, demo } = scene
  const room = columns - 1
  const waiting = waitingFor(ui.model, since, now) ?? ''
  if (ui.capture !== undefined)
    return prose(verdictText(verdictLine(ui, since, now)), room, undefined, 1)
  if (demo !== undefined) return prose(demo, room, undefined, 1)
  return [
    ...connectLines(scene, room),
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

/** The same at any time: where to point the client, and how others can watch. */
export function connectPage(scene: Scene, columns: number): Line[] {
  const { ui, watch } = scene
  const room = columns - 1
  if (ui.capture !== undefined)
    return prose('This is a capture: there is nothing to connect to.', room, undefined, 1)
  return [
    ...connectLines(scene, room),
    blankLine,
    line(' Watch from another terminal', 'heading'),
    ...(watch === undefined
      ? prose('Start authtap with --listen 8485, and it shows here how.', room, 'dim', 3)
      : watch.flatMap((one) => prose(one, room, 'match', 3))),
    blankLine,
    ...prose(`${keyFor('copy', ui.keys)} copies one of these lines.`, room, 'dim', 1),
  ]
}

function connectLines({ urls, setup }: Scene, room: number): Line[] {
  return [
    line(
      urls.length > 1 ? ' Point the client at one of these URLs' : ' Point the client at this URL',
      'heading',
    ),
    ...urls.flatMap(({ url, upstream }) => [
      line(`   ${url}`, 'match'),
      ...prose(`in place of ${upstream}`, room, 'dim', 5),
    ]),
    ...(setup.length === 0 ? [] : [blankLine]),
    ...setup.flatMap(({ client, text }) => labelled(`   ${client}`, text, room, 16)),
  ]
}
