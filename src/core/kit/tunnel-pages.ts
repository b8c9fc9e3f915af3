import { type Headers, header } from '../wire/exchange.ts'
import { htmlPage } from '../wire/html.ts'
import { shortened } from '../wire/safe-text.ts'

/** What a tunnel answers of its own accord, in the place of the server behind it. */
export interface TunnelPage {
  readonly name: string
  /** The field that gives it away, or the words. */
  readonly trace: string
  /** Where the trace is. */
  readonly at: 'header' | 'body'
  /** What it means. */
  readonly says: string
  /** What to do about it. */
  readonly remedy: string
}

interface Known {
  readonly name: string
  /** A field, and what its value begins with. */
  readonly field?: readonly [name: string, begins: string]
  /** Words of the body, in lower case: of a page, or with this status of any text. */
  readonly words?: string
  readonly status?: number
  readonly says: string
  readonly remedy: string
}

/*
 * https://ngrok.com/docs/errors/, https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/,
 * https://learn.microsoft.com/azure/developer/dev-tunnels/, https://github.com/localtunnel/server; November 2026.
 */
const known: readonly Known[] = [
  {
    name: 'ngrok',
    field: ['ngrok-error-code', 'ERR_NGROK_6024'],
    says: 'the warning that it shows to browsers',
    remedy:
      'ngrok shows its warning to what looks like a browser: let the client send the field ngrok-skip-browser-warning or a User-Agent of its own, or use a plan without the warning.',
  },
  {
    name: 'ngrok',
    field: ['ngrok-error-code', 'ERR_NGROK_3200'],
    says: 'the tunnel is not running',
    remedy: 'Start ngrok again. Where the name has changed since, give the client the new one.',
  },
  {
    name: 'ngrok',
    field: ['ngrok-error-code', 'ERR_NGROK_8012'],
    says: 'nothing listens behind the tunnel',
    remedy: 'Start what ngrok leads to, or give ngrok the port that it listens on.',
  },
  {
    name: 'ngrok',
    field: ['ngrok-error-code', ''],
    says: 'an error of its own',
    remedy: 'Look the code up at https://ngrok.com/docs/errors/.',
  },
  {
    name: 'Cloudflare Tunnel',
    words: 'error code: 1033',
    status: 530,
    says: 'no cloudflared is connected for this name',
    remedy:
      'Start cloudflared again. A quick tunnel gets another name each time: give the client the new one.',
  },
  {
    name: 'Cloudflare',
    words: 'error code: 524',
    status: 524,
    says: 'the server behind it did not answer for 100 seconds',
    remedy:
      'Let the server answer within 100 seconds: send the head of an event stream at once, and something on it from time to time.',
  },
  {
    name: 'dev tunnels',
    words: 'you are about to connect to a developer tunnel',
    says: 'the warning that it shows to browsers',
    remedy:
      'Dev tunnels warn what looks like a browser: let the client send the field X-Tunnel-Skip-AntiPhishing-Page or a User-Agent of its own.',
  },
  {
    name: 'localtunnel',
    status: 511,
    words: 'tunnel password',
    says: 'the page that asks a person for the password of the tunnel',
    remedy: 'Let the client send the field bypass-tunnel-reminder, or use another tunnel.',
  },
]

/** What a tunnel says in this answer; undefined where the server behind it may have given it. */
export function tunnelPage(status: number, headers: Headers, text: string): TunnelPage | undefined {
  const body = text.slice(0, 20_000).toLowerCase()
  const found = known.find(
    (one) =>
      (one.status === undefined || one.status === status) &&
      (one.field === undefined || header(headers, one.field[0])?.startsWith(one.field[1])) &&
      (one.words === undefined || body.includes(one.words)) &&
      (one.field !== undefined ||
        one.status !== undefined ||
        htmlPage(headers, text) !== undefined),
  )
  if (found === undefined) return undefined
  const { name, says, remedy, field, words = '' } = found
  if (field === undefined) return { name, trace: words, at: 'body', says, remedy }
  const trace = `${field[0]}: ${shortened(header(headers, field[0]) ?? '', 60)}`
  return { name, trace, at: 'header', says, remedy }
}
