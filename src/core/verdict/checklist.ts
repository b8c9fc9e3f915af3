import type { Flow } from '../flow/flow.ts'
import type { Step } from '../step/step.ts'
import type { Judgement } from './check.ts'
import type { ChecklistEntry, Finding, FlowOutcome, FlowReport } from './report.ts'
import type { Denial, Rule } from './rule.ts'
import { seen } from './seen.ts'

export interface ChecklistItem {
  readonly item: string
  readonly category: string
  /** A statement about the login: true, untrue, or not to be told. */
  readonly text: string
}

/** The checklist's items by category, in the order in which a person works through them. */
export const checklistItems: readonly ChecklistItem[] = [
  ...category('Endpoints', {
    'D-1': 'The metadata of the authorization server exists and is reachable',
    'D-2':
      'The metadata document is served over https (http on loopback), as JSON, with all that clients need, valid',
    'D-3': 'The client can reach the endpoints: nothing on the way or in front of them stops it',
    'D-4': 'The client derives metadata from the right base URL',
  }),
  ...category('Token and header', {
    'T-1': 'Every call carries Authorization: Bearer with the access token',
    'T-2': 'Reverse proxies and CDNs pass the Authorization header',
    'T-3': 'The client sets the header properly',
    'T-4': 'The header arrives at the MCP server',
  }),
  ...category('401 set-up', {
    'U-1': 'A request without a token yields 401 with WWW-Authenticate',
    'U-2': 'The challenge names the scheme, Bearer',
    'U-3': 'resource_metadata is present and leads to the metadata of this server',
    'U-4': 'The challenge has no typing mistakes and its quotes are in place',
    'U-5': 'The server answers 401 where it should, and as it should',
  }),
  ...category('Audience and claims', {
    'A-1': "The client's resource parameter matches the expected audience",
    'A-2': 'The server validates the aud claim',
    'A-3': 'Expected audience, requested audience and aud agree',
    'A-4': 'aud is exactly what the server expects: case, scheme, slash',
    'A-5': 'The authorization server is configured for this client and resource',
    'A-6': 'Claim failures can be told from what the server says',
  }),
  ...category('Client registration', {
    'R-1': 'The registration request is complete and valid',
    'R-2': 'The client keeps its id and secret, and authenticates with them as registered',
    'R-3': 'The client reads the registration endpoint from metadata',
    'R-4': 'A way to obtain a client id is open',
  }),
  ...category('PKCE', {
    'P-1': 'The client uses PKCE with S256, as well-kept libraries do',
    'P-2': 'The verifier has 43 to 128 characters and is kept unchanged',
    'P-3': 'The token request carries the code_verifier',
    'P-4': 'The token request is form-encoded and carries all its parameters, unchanged',
  }),
]

function category(name: string, items: Readonly<Record<string, string>>): ChecklistItem[] {
  return Object.entries(items).map(([item, text]) => ({ item, category: name, text }))
}

/** What one login shows of the checklist. */
export interface Shown {
  readonly flow: string
  /** Items that a rule would have had to judge by what was not visible. */
  readonly blind: ReadonlySet<string>
  /** Of each item the exchange that shows it to be so; undefined where none does. */
  readonly seen: readonly (string | undefined)[]
}

/** A finding with the items that it says are untrue. */
interface Denied {
  readonly finding: Finding
  readonly denies: readonly string[]
}

export function seenIn(flow: Flow): Shown['seen'] {
  return checklistItems.map(({ item }) => seen[item]?.(flow)?.exchange.id)
}

/** A rule that could not see, or broke down, leaves its items open. */
export function openItems(judgements: readonly Judgement[]): Shown['blind'] {
  const open = judgements.filter(({ outcome }) => outcome === 'blind' || outcome === 'crash')
  return new Set(open.flatMap(({ rule }) => denialsOf(rule).map(({ item }) => item)))
}

/** The items that a finding says are untrue. @param steps those it is anchored to */
export function deniedBy(
  rule: Rule | undefined,
  finding: Finding,
  steps: readonly Step[],
  flow: Flow | undefined,
): string[] {
  if (rule === undefined || finding.severity === 'info' || finding.fault === 'authtap') return []
  return denialsOf(rule)
    .filter(
      (denial) =>
        denial.variants?.includes(finding.variant ?? '') !== false &&
        denial.faults?.includes(finding.fault) !== false &&
        (denial.severity ?? finding.severity) === finding.severity &&
        (denial.when === undefined ||
          (flow !== undefined && steps.some((step) => denial.when!(step, flow)))),
    )
    .map(({ item }) => item)
}

function denialsOf(rule: Rule): Denial[] {
  return (rule.seed ?? []).map((entry) => (typeof entry === 'string' ? { item: entry } : entry))
}

/**
 * The checklist of a session: of each item the worst of fail, blind, pass and not seen, over the logins that count. What was
 * mended since does not; nor, beside a login, do looks at the server.
 */
export function checklist(
  rules: readonly Rule[],
  denied: readonly Denied[],
  shown: readonly Shown[],
  flows: readonly FlowReport[],
): ChecklistEntry[] {
  const present = denied.filter(({ finding }) => finding.past !== true)
  const outcomes = new Map(flows.map(({ id, outcome }) => [id, outcome]))
  const of = (...left: (FlowOutcome | undefined)[]) =>
    shown.filter(({ flow }) => !left.includes(outcomes.get(flow)))
  const attempts = of(undefined, 'superseded', 'looked')
  const logins = attempts.length > 0 ? attempts : of(undefined, 'superseded')
  return checklistItems.map(({ item, text }, place) => {
    const denying = present.filter(({ denies }) => denies.includes(item))
    const findings = denying.map(({ finding }) => finding.id)
    const exchange = logins.find(({ seen: passed }) => passed[place] !== undefined)?.seen[place]
    const status =
      findings.length > 0
        ? 'fail'
        : logins.some(({ blind }) => blind.has(item))
          ? 'blind'
          : exchange === undefined
            ? 'not-seen'
            : 'pass'
    return {
      item,
      text,
      status,
      rules: rules
        .filter((rule) => denialsOf(rule).some((denial) => denial.item === item))
        .map(({ id }) => id),
      findings,
      ...(status === 'pass' && exchange !== undefined ? { exchange } : {}),
    }
  })
}
