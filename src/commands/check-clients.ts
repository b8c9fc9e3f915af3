import { clientVerdicts } from '../core/clients/verdict.ts'
import { isOfCheck } from '../core/clients/by-hand.ts'
import type { Flow } from '../core/flow/flow.ts'
import { culpritIn, isRoot } from '../core/verdict/culprit.ts'
import type { Report } from '../core/verdict/report.ts'
import type { StepKind } from '../core/step/step.ts'
import type { Look } from '../tap/probe/look.ts'

/** Which clients would come through, by what was seen of the server: those that would in one line, and why each other would not. */
export function clientLooks(flows: readonly Flow[], report: Report): Look[] {
  const verdicts = clientVerdicts(
    flows.filter((flow) => flow.of('challenge').some(isOfCheck)),
    'all',
  )
  const free = verdicts.filter(({ outcome }) => outcome !== 'refuse').map(({ name }) => name)
  const refusals = new Map<string, { names: string[]; exchange: string | undefined }>()
  for (const { name, checks } of verdicts) {
    const refusal = checks.find(({ outcome }) => outcome === 'refuse')
    if (refusal === undefined) continue
    const { because = refusal.wants, exchange } = refusal
    const known = refusals.get(because)
    if (known === undefined) refusals.set(because, { names: [name], exchange })
    else known.names.push(name)
  }
  const refused = [...refusals].map(([because, { names, exchange }]): Look => ({
    part: 'Clients',
    mark: 'plain',
    text: `would not log in, because ${because}: ${names.join(', ')}`,
    ...(exchange === undefined ? {} : { exchange }),
  }))
  if (free.length === 0) return refused
  const exchanges = new Set([...refusals.values()].map(({ exchange }) => exchange))
  return [freeLook(free.join(', '), beside(exchanges, report), report), ...refused]
}

/** Steps that are made to log in, and not to look around. */
const loginKinds: ReadonlySet<StepKind> = new Set(['registration', 'authorize', 'token'])

/** Those that no check of their own stops: that is all that is said of them where something else is broken. */
function freeLook(names: string, broken: Report['findings'], { flows }: Report): Look {
  const standing = flows.filter(({ outcome }) => outcome !== 'authorized').map(({ id }) => id)
  const inTheWay = broken.filter(({ flow }) => standing.includes(flow))
  if (inTheWay.length === 0) {
    const text = `nothing that was seen keeps these from logging in: ${names}`
    return { part: 'Clients', mark: 'well', text }
  }
  const failed = flows.filter(
    ({ id, outcome }) => outcome === 'failed' && inTheWay.some(({ flow }) => flow === id),
  )
  const asked = failed.flatMap(({ steps }) => steps.map(({ kind }) => kind))
  const isOurs = inTheWay.every(({ fault }) => fault === 'client')
  // Others may register in another way; the token they need as well.
  const login =
    asked.includes('token') && !isOurs
      ? 'the login itself fails for all of them'
      : 'this login failed'
  const text = asked.some((kind) => loginKinds.has(kind))
    ? `what these check before a login is fine, but ${login}`
    : 'nothing that these are known to check keeps them from logging in'
  return { part: 'Clients', mark: 'plain', text: `${text}: ${names}` }
}

/** What is broken, and in none of the exchanges that make a client refuse. */
function beside(refused: ReadonlySet<string | undefined>, report: Report): Report['findings'] {
  const culprit = culpritIn(report)
  return report.findings.filter(
    (finding) => isRoot(finding) && finding.past !== true && !refused.has(culprit(finding)),
  )
}
