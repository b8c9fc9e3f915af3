import { randomBytes } from 'node:crypto'
import type { Options } from './arguments.ts'
import { type Redactor, createRedactor } from '../core/redact/redactor.ts'
import type { Report } from '../core/verdict/report.ts'
import { isLoopback } from '../core/wire/url.ts'
import { UserError } from '../errors.ts'
import { type Broken, redacting } from '../telling.ts'
import { tokenPattern } from '../sink/live/gate.ts'
import type { LiveStream } from '../sink/live/stream.ts'
import type { Context } from './context.ts'
import type { OutputsSetup } from './outputs.ts'

/** The stream for viewers, and what it needs of the outputs. */
export interface LiveServer extends Required<Pick<OutputsSetup, 'more' | 'lines'>> {
  readonly url: string
  /** How to watch; holds the token, unless the environment gave it, and is to be printed once and nowhere else. */
  readonly invitation: string
  /** Viewers are told now and then what this says. */
  reportBy(report: () => Report, broken: Broken): void
}

/** Opens what `--listen` asks for. Throws UserError (EUSAGE, EPORTTAKEN, ELISTEN). */
export async function openLiveServer(
  context: Context,
  options: Options,
): Promise<LiveServer | undefined> {
  const listen = options.text('listen')
  if (listen === undefined) return undefined
  const { host, port } = listenAddress(listen, options.has('allow-remote'))
  const given = context.env['AUTHTAP_TOKEN']
  const token =
    given === undefined || given === '' ? randomBytes(32).toString('hex') : checked(given)
  const live = await import('../sink/live/stream.ts')
  const stream = await live.LiveStream.open({
    port,
    token,
    ...(host === undefined ? {} : { host }),
    allowRemote: options.has('allow-remote'),
    allowOrigin: options.list('allow-origin'),
  })
  const watch = `Watch with:  authtap attach ${stream.url}`
  return {
    url: stream.url,
    invitation:
      token === given
        ? `${watch}  (with the same AUTHTAP_TOKEN)`
        : `${watch} --token ${token}\nThe token is not shown again.`,
    ...waysTo(stream, options.has('with-secrets')),
  }
}

/** Viewers never get a secret, also where files do: then the stream has a redactor of its own. */
function waysTo(
  stream: LiveStream,
  unredacted: boolean,
): Pick<LiveServer, 'more' | 'lines' | 'reportBy'> {
  const own = unredacted ? createRedactor({ key: randomBytes(32) }) : undefined
  let used: Redactor | undefined
  return {
    reportBy: (report, broken) => {
      const redactor = used
      if (redactor === undefined) return
      stream.reportBy(
        () => redactor.value(report()),
        (error) => broken(stream.name, error),
      )
    },
    more: (shared) => {
      used = own ?? shared
      stream.use(used)
      return [own === undefined ? stream : redacting(stream, own)]
    },
    lines: (line) => stream.line(own === undefined ? line : own.value(line)),
  }
}

/** Reads `[HOST:]PORT`. A host other than loopback has to be said twice. */
export function listenAddress(
  text: string,
  allowRemote: boolean,
): { host: string | undefined; port: number } {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^:\s/[\]]+)):)?(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535)
    throw new UserError(
      'EUSAGE',
      `--listen ${text} is neither a port nor HOST:PORT.`,
      'Give a port such as 8485, or 127.0.0.1:8485.',
    )
  const host = match[1] ?? match[2]
  if (host === undefined || host.toLowerCase() === 'localhost') return { host: undefined, port }
  if (!allowRemote && !isLoopback(host.includes(':') ? `[${host}]` : host))
    throw new UserError(
      'EUSAGE',
      `--listen ${text} lets other machines watch.`,
      'Add --allow-remote if you want that.',
    )
  return { host, port }
}

function checked(token: string): string {
  if (tokenPattern.test(token)) return token
  throw new UserError(
    'EUSAGE',
    'AUTHTAP_TOKEN must be 32 to 256 letters, digits or any of - . _ ~.',
    'Make one with openssl rand -hex 32, or leave the variable out.',
  )
}
