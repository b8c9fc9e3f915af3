import { header } from '../wire/exchange.ts'
import type { Step } from '../step/step.ts'

/** Programs with which people look at a server by hand, by the beginning of their User-Agent. */
const tools = [
  'curl/',
  'wget/',
  'httpie/',
  'postmanruntime/',
  'insomnia/',
  'bruno-runtime/',
  'rest-client',
  'vscode-restclient',
  'thunder client',
  'hoppscotch',
  'xh/',
  'k6/',
  'kube-probe/',
  'elb-healthchecker/',
  'googlehc/',
  'uptimerobot/',
  'pingdom',
  'blackbox exporter',
]

/** Whether a person, or a health check, looks at the server: no client that would log in sends this. */
export function isByHand({ exchange: { request } }: Step): boolean {
  const agent = (header(request.headers, 'user-agent') ?? '').toLowerCase()
  if (tools.some((name) => agent.startsWith(name) || agent.includes(` ${name}`))) return true
  // A browser that opens the address as a page (Fetch Metadata §2.3).
  return (
    header(request.headers, 'sec-fetch-mode') === 'navigate' ||
    (request.method === 'GET' &&
      agent.startsWith('mozilla/') &&
      (header(request.headers, 'accept') ?? '').includes('text/html'))
  )
}

/** What `authtap check` calls itself. */
export function checkAgent(version: string): string {
  return `authtap/${version} (check)`
}

/** Whether `authtap check` sent it, which looks at everything and logs in only when it is told to. */
export function isOfCheck({ exchange: { request } }: Step): boolean {
  return /^authtap\/\S+ \(check\)$/.test(header(request.headers, 'user-agent') ?? '')
}
