import { waitingFor } from '../model-waiting.ts'
import { type Line, blankLine, line, prose } from './line.ts'
import type { Scene } from './scene.ts'

/** What the list shows before anything has come: where to point the client, how, and what will happen then. */
export function welcomePage(scene: Scene, columns: number): Line[] {
  const { urls, ui, since, now, setupLines, demo } = scene
  const room = columns - 1
  const waiting = waitingFor(ui.model, since, now) ?? ''
  if (demo !== undefined) return prose(demo, room, undefined, 1)
  return [
    line(urls.length > 1 ? ' Point the client at one of' : ' Point the client at', 'heading'),
    ...urls.flatMap(({ url, upstream }) => [
      line(`   ${url}`, 'match'),
      ...prose(`in place of ${upstream}`, room, 'dim', 5),
    ]),
    blankLine,
    ...setupLines.flatMap((one) => {
      const [, name = '', command = ''] = /^\s*(\S(?:.*?\S)?) {2,}(.*)$/.exec(one) ?? []
      if (command === '') return []
      return prose(command, room, undefined, 16).map((text, place): Line =>
        place === 0
          ? [{ text: `   ${name.padEnd(13)}`, style: 'key' }, { text: text[0]!.text.slice(16) }]
          : text,
      )
    }),
    blankLine,
    ...prose(waiting, room, 'partly', 1),
    ...prose(
      'The proxy has a login of its own: the client asks you to log in again. Every step then shows here, and what breaks first stands in the line at the top. Press ? for keys.',
      room,
      'dim',
      1,
    ),
  ]
}
