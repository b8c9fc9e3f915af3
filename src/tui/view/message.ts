import {
  type Exchange,
  type Headers,
  type Touch,
  bodyText,
  decodedBytes,
} from '../../core/wire/exchange.ts'
import { keyFor } from '../keys/keys.ts'
import { counted } from '../../core/verdict/words.ts'
import { pad } from '../term/width.ts'
import type { StyleName } from '../term/theme.ts'
import { type Line, type Span, blankLine, line, prose } from './line.ts'
import type { Scene } from './scene.ts'

/** More of a body than this is for the pager, in characters. */
const bodyLimit = 256 * 1024

export function requestPage(exchange: Exchange, scene: Scene, columns: number): Line[] {
  const { request } = exchange
  return [
    ...prose(`${request.method} ${scene.shown(request.url)}`, columns - 1, 'strong', 1),
    ...(request.via === undefined || request.via === request.url
      ? []
      : prose(`the client used ${scene.shown(request.via)}`, columns - 1, 'dim', 1)),
    blankLine,
    ...headerLines(request.headers, scene),
    ...translated(exchange, 'request', scene, columns),
    blankLine,
    ...bodyLines(request, scene),
  ]
}

/** An answer that had begun broke off; without one, it failed while connecting or later. */
function howFailed({ response, failure }: Exchange): string {
  if (response !== undefined) return 'broke off'
  return ['dns', 'tcp', 'tls'].includes(failure?.phase ?? '') ? 'failed before HTTP' : 'failed'
}

/** Fields that say what an answer means, as much as its body does. */
const telling: ReadonlySet<string> = new Set(['www-authenticate', 'location'])

export function responsePage(
  exchange: Exchange,
  scene: Scene,
  columns: number,
  order: 'as-sent' | 'telling-first' = 'as-sent',
): Line[] {
  const { response, failure } = exchange
  const failed =
    failure === undefined
      ? []
      : prose(
          `${howFailed(exchange)}: ${failure.phase} ${failure.code} ${failure.message}`,
          columns - 1,
          'fail',
          1,
        )
  if (response === undefined) {
    const text = exchange.handedOver
      ? 'authtap sent the browser on to the next party and does not see the answer.'
      : failure === undefined
        ? 'No answer yet.'
        : 'No answer came.'
    return [...failed, ...prose(text, columns - 1, 'dim', 1)]
  }
  const status = `${response.status} ${response.statusText}`.trim()
  const size = response.body.bytes.length + response.body.dropped
  const took =
    exchange.endedAt === undefined
      ? ''
      : `  ${Math.round(exchange.endedAt - exchange.startedAt)} ms`
  return [
    [
      { text: ` HTTP/${response.httpVersion ?? '1.1'} ` },
      { text: status, style: response.status >= 400 ? 'fail' : 'pass' },
      { text: `${took}  ${counted(size, 'byte')}`, style: 'dim' },
      ...(response.complete ? [] : [{ text: '  not complete', style: 'warn' } as Span]),
    ],
    ...failed,
    blankLine,
    ...(order === 'as-sent'
      ? [
          ...headerLines(response.headers, scene),
          ...translated(exchange, 'response', scene, columns),
          blankLine,
          ...bodyLines(response, scene),
        ]
      : tellingFirst(response, scene)),
  ]
}

/** The body and what tells as much, then the rest of the header. */
function tellingFirst(response: NonNullable<Exchange['response']>, scene: Scene): Line[] {
  const isTelling = ([name]: Headers[number]) => telling.has(name.toLowerCase())
  const first = [
    ...headerLines(response.headers.filter(isTelling), scene),
    ...bodyLines(response, scene),
  ]
  const rest = headerLines(
    response.headers.filter((field) => !isTelling(field)),
    scene,
  )
  return [...first, ...(first.length > 0 && rest.length > 0 ? [blankLine] : []), ...rest]
}

function headerLines(headers: Headers, scene: Scene): Line[] {
  const widest = Math.min(24, Math.max(0, ...headers.map(([name]) => name.length)))
  return headers.map(([name, value]): Line => [
    { text: ` ${pad(name, widest)} `, style: 'name' },
    { text: scene.shown(value) },
  ])
}

/** What the client sent or saw beside what the server saw or sent, for every value that the proxy changed. */
function translated(
  { touched }: Exchange,
  side: 'request' | 'response',
  scene: Scene,
  columns: number,
): Line[] {
  const own = touched.filter(({ at }) => at.startsWith(`${side}.`))
  const changed = own.filter(({ by }) => by !== undefined)
  const touches = own.filter(({ by }) => by === undefined)
  return [
    ...sides(touches, ' Translated by authtap', side, scene, columns),
    ...sides(changed, ' Changed on purpose', side, scene, columns),
  ]
}

function sides(
  touches: readonly Touch[],
  title: string,
  side: 'request' | 'response',
  scene: Scene,
  columns: number,
): Line[] {
  if (touches.length === 0) return []
  const [client, server] =
    side === 'request' ? ['client sent', 'server got'] : ['client saw', 'server sent']
  return [
    blankLine,
    line(title, 'heading'),
    ...(columns >= 100
      ? besideEachOther(touches, [client!, server!], scene, columns)
      : touches.flatMap((touch) => below(touch, [client!, server!], scene, columns))),
  ]
}

function besideEachOther(
  touches: readonly Touch[],
  [client, server]: readonly [string, string],
  scene: Scene,
  columns: number,
): Line[] {
  const place = Math.min(36, Math.max(...touches.map(({ at }) => at.length)) + 2)
  const half = Math.floor((columns - place - 6) / 2)
  const head: Line = [
    { text: `   ${pad('where', place)} ${pad(client, half)} ${pad(server, half)}`, style: 'dim' },
  ]
  return [
    head,
    ...touches.map((touch): Line => [
      { text: `   ${pad(touch.at, place, 'left', 'middle')} `, style: 'name' },
      {
        text: pad(scene.shown(touch.client) || '(nothing)', half, 'left', 'middle'),
        style: 'warn',
      },
      { text: ' ' },
      {
        text: pad(scene.shown(touch.upstream) || '(nothing)', half, 'left', 'middle'),
        style: 'info',
      },
    ]),
  ]
}

function below(
  { at, client, upstream, why }: Touch,
  [clientWord, serverWord]: readonly [string, string],
  scene: Scene,
  columns: number,
): Line[] {
  return [
    [
      { text: `   ${at}`, style: 'name' },
      { text: `  ${why}`, style: 'dim' },
    ],
    ...prose(
      `${clientWord.padEnd(12)} ${scene.shown(client) || '(nothing)'}`,
      columns - 1,
      'warn',
      5,
    ),
    ...prose(
      `${serverWord.padEnd(12)} ${scene.shown(upstream) || '(nothing)'}`,
      columns - 1,
      'info',
      5,
    ),
  ]
}

function bodyLines(message: Parameters<typeof bodyText>[0], scene: Scene): Line[] {
  const { body } = message
  const left =
    body.dropped > 0 ? [line(` ${counted(body.dropped, 'byte')} not recorded`, 'dim')] : []
  if (body.bytes.length === 0) return left
  if (decodedBytes(message) === undefined)
    return [line(` ${counted(body.bytes.length, 'byte')} that cannot be read`, 'dim'), ...left]
  const { text, missing } = withoutNotes(scene.shown(bodyText(message)))
  if (missing > 0) left.unshift(line(` ${counted(missing, 'character')} of it not recorded`, 'dim'))
  const shown = text.length > bodyLimit ? text.slice(0, bodyLimit) : text
  const more =
    text.length > bodyLimit
      ? [
          line(
            ` … ${counted(text.length - bodyLimit, 'character')} more: ${keyFor('pager', scene.ui.keys)} shows all`,
            'dim',
          ),
        ]
      : []
  const pretty = scene.ui.state.raw ? undefined : prettyLines(shown, message.headers)
  return [...(pretty ?? shown.split(/\r\n|[\r\n]/).map((one) => line(` ${one}`))), ...more, ...left]
}

/** What redaction left out is told beside what the server sent, not within it. */
function withoutNotes(given: string): { text: string; missing: number } {
  let missing = 0
  const text = given.replaceAll(
    /(,?)"…":"(\d{1,9}) characters left out"/g,
    (_, __, count: string) => {
      missing += Number(count)
      return ''
    },
  )
  return { text, missing }
}

function prettyLines(text: string, headers: Headers): Line[] | undefined {
  const trimmed = text.trimStart()
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
    try {
      return jsonLines(JSON.parse(text))
    } catch {
      return undefined
    }
  }
  const isForm = headers.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && /form-urlencoded/i.test(value),
  )
  if (!isForm) return undefined
  return text.split('&').map((pair) => {
    const equals = pair.indexOf('=')
    const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
    return [
      { text: ` ${decoded(name)}`, style: 'name' as const },
      { text: ' = ' },
      { text: decoded(value) },
    ]
  })
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** JSON with a member a line, its names and values told apart. */
export function jsonLines(value: unknown, indent = ' '): Line[] {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((one) => jsonLine(one, indent))
}

function jsonLine(text: string, indent: string): Line {
  const name = /^( *)("(?:[^"\\]|\\.)*")(: )/.exec(text)
  const rest = name === null ? text : text.slice(name[0].length)
  const style: StyleName | undefined = /^ *"/.test(rest)
    ? 'string'
    : /^ *[-0-9tfn]/.test(rest)
      ? 'number'
      : undefined
  const value: Span = style === undefined ? { text: rest } : { text: rest, style }
  if (name === null) return [{ text: indent }, value]
  return [{ text: indent + name[1]! }, { text: name[2]!, style: 'name' }, { text: name[3]! }, value]
}
