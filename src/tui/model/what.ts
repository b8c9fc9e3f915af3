import type { ExchangeEvent } from '../../core/verdict/event.ts'
import { type Exchange, bodyText, header } from '../../core/wire/exchange.ts'
import { isObject, member, objectMember, parseJson, stringMember } from '../../core/wire/json.ts'
import { param, parseForm, queryParams } from '../../core/wire/params.ts'
import { shortened } from '../../core/wire/safe-text.ts'

/** What a step is, in the few words of a list: what was asked for, and what came of it where that is not its status. */
export function whatIs({ exchange, step }: ExchangeEvent): string {
  const [purpose = '', outcome = ''] = split(step.summary)
  switch (step.kind) {
    case 'token':
      return tokenWhat(exchange)
    case 'resource-metadata':
      return step.ok ? `resource ${outcome}` : `${purpose} ${pathname(exchange)}`
    case 'server-metadata':
      return step.ok ? `issuer ${outcome}` : `${purpose} ${pathname(exchange)}`
    case 'authorize': {
      const query = queryParams(exchange.request.url)
      const scope = param(query, 'scope')
      const resource = param(query, 'resource')
      const asked = [
        ...(resource === undefined ? ['no resource'] : [`resource ${resource}`]),
        ...(scope === undefined ? [] : [`scope ${scope}`]),
      ]
      return shortened(`log in: ${asked.join(', ')}`, 120)
    }
    case 'callback':
      return step.ok ? 'back with a code' : `back with ${outcome}`
    case 'registration': {
      const name = stringMember(jsonOf(exchange.request), 'client_name')
      return name === undefined ? purpose : shortened(`register ${name}`, 60)
    }
    default:
      return purpose
  }
}

/** What stands before and after the last colon of a summary that parts two phrases. */
function split(summary: string): [string, string] {
  const at = summary.indexOf(': ')
  return at < 0 ? [summary, ''] : [summary.slice(0, at), summary.slice(at + 2)]
}

const grants: Readonly<Record<string, string>> = {
  authorization_code: 'code',
  refresh_token: 'refresh',
  client_credentials: 'client credentials',
  'urn:ietf:params:oauth:grant-type:device_code': 'device code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'assertion',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'token exchange',
}

function tokenWhat({ request, response }: Exchange): string {
  const grant = param(parseForm(bodyText(request)), 'grant_type')
  const asked = grant === undefined ? 'no grant type' : (grants[grant] ?? shortened(grant, 40))
  if (response === undefined) return `${asked} → …`
  const answer = jsonOf(response)
  const error = stringMember(answer, 'error')
  if (error !== undefined) return `${asked} → ${shortened(error, 60)}`
  if (member(answer, 'access_token') === undefined) return `${asked} → no token`
  const lasts = member(answer, 'expires_in')
  const life = typeof lasts === 'number' ? ` (${lifetime(lasts)})` : ''
  return `${asked} → ${grant === 'refresh_token' ? 'new token' : 'access token'}${life}`
}

function lifetime(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

function jsonOf(message: Parameters<typeof bodyText>[0]) {
  const json = parseJson(bodyText(message))
  return isObject(json) ? json : undefined
}

function pathname({ request }: Exchange): string {
  return /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(request.url)?.[1] ?? ''
}

/** What the client calls itself: in its first call, else in its User-Agent. Undefined where a browser speaks. */
export function clientName({ request }: Exchange): string | undefined {
  const info = objectMember(objectMember(jsonOf(request), 'params'), 'clientInfo')
  const name = stringMember(info, 'name')
  if (name !== undefined)
    return shortened(`${name} ${stringMember(info, 'version') ?? ''}`.trim(), 40)
  const agent = header(request.headers, 'user-agent') ?? ''
  if (agent === '' || agent.startsWith('Mozilla/')) return undefined
  return shortened(agent.split(/[ (]/, 1)[0]!.replace('/', ' '), 40)
}
