import { worse } from './check.ts'
import type { ChecklistEntry, Outcome, Severity } from './report.ts'
import type { Rule } from './rule.ts'

/** The checklist's items by category, in the order in which a person works through them. */
export const checklistItems: readonly {
  readonly item: string
  readonly category: string
  readonly text: string
}[] = [
  {
    item: 'D-1',
    category: 'Endpoints',
    text: 'Authorization server metadata exists and is reachable',
  },
  {
    item: 'D-2',
    category: 'Endpoints',
    text: 'The metadata document is served over https, as JSON, with all members',
  },
  {
    item: 'D-3',
    category: 'Endpoints',
    text: 'Nothing in the network keeps the client from the endpoints',
  },
  {
    item: 'D-4',
    category: 'Endpoints',
    text: 'The client derives metadata from the right base URL',
  },
  {
    item: 'T-1',
    category: 'Token and header',
    text: 'Every call carries Authorization: Bearer with the access token',
  },
  {
    item: 'T-2',
    category: 'Token and header',
    text: 'Reverse proxies and CDNs pass the Authorization header',
  },
  { item: 'T-3', category: 'Token and header', text: 'The client sets the header properly' },
  { item: 'T-4', category: 'Token and header', text: 'The header arrives at the MCP server' },
  {
    item: 'U-1',
    category: '401 set-up',
    text: 'A request without a token yields 401 with WWW-Authenticate',
  },
  { item: 'U-2', category: '401 set-up', text: 'The challenge names the scheme, Bearer' },
  { item: 'U-3', category: '401 set-up', text: 'resource_metadata is present and correct' },
  {
    item: 'U-4',
    category: '401 set-up',
    text: 'The challenge has no typing mistakes and its quotes are in place',
  },
  {
    item: 'U-5',
    category: '401 set-up',
    text: 'The server answers 401 where it should, and as it should',
  },
  {
    item: 'A-1',
    category: 'Audience and claims',
    text: "The client's resource parameter matches the expected audience",
  },
  { item: 'A-2', category: 'Audience and claims', text: 'The server validates the aud claim' },
  {
    item: 'A-3',
    category: 'Audience and claims',
    text: 'Expected audience, requested audience and aud agree',
  },
  {
    item: 'A-4',
    category: 'Audience and claims',
    text: 'aud is exactly what the server expects: case, scheme, slash',
  },
  {
    item: 'A-5',
    category: 'Audience and claims',
    text: 'The authorization server is configured for this client and resource',
  },
  {
    item: 'A-6',
    category: 'Audience and claims',
    text: 'Claim failures can be told from what the server says',
  },
  {
    item: 'R-1',
    category: 'Client registration',
    text: 'The registration request is complete and valid',
  },
  {
    item: 'R-2',
    category: 'Client registration',
    text: 'The client keeps and uses its id and secret',
  },
  {
    item: 'R-3',
    category: 'Client registration',
    text: 'The client reads the registration endpoint from metadata',
  },
  { item: 'R-4', category: 'Client registration', text: 'A way to obtain a client id is open' },
  { item: 'P-1', category: 'PKCE', text: 'The client uses PKCE as a well-kept library does' },
  {
    item: 'P-2',
    category: 'PKCE',
    text: 'The verifier is well formed, random, and kept unchanged',
  },
  { item: 'P-3', category: 'PKCE', text: 'The token request carries the code_verifier' },
  { item: 'P-4', category: 'PKCE', text: 'The token request carries all its parameters' },
]

/** Judges the checklist by the rules that decide each item: fail on any warning or error, else blind, else pass, else not seen. */
export function checklist(
  rules: readonly Rule[],
  outcomes: ReadonlyMap<string, Outcome>,
  worstSeverity: (rule: string) => Severity | undefined,
): ChecklistEntry[] {
  return checklistItems.map(({ item, text }) => {
    const deciding = rules.filter((rule) => rule.seed?.includes(item) === true)
    const failed = deciding.some((rule) => {
      const severity = worstSeverity(rule.id)
      return severity === 'error' || severity === 'warning'
    })
    const outcome = deciding.reduce<Outcome>((sum, rule) => {
      const one = outcomes.get(rule.id) ?? 'silent'
      // A finding that is a mere note is no failure of the item; a crash decides nothing.
      return worse(sum, one === 'fail' ? 'pass' : one === 'crash' ? 'blind' : one)
    }, 'silent')
    const status = failed
      ? 'fail'
      : outcome === 'silent'
        ? 'not-seen'
        : outcome === 'blind'
          ? 'blind'
          : 'pass'
    return {
      item,
      text,
      status: status as ChecklistEntry['status'],
      rules: deciding.map((rule) => rule.id),
    }
  })
}
