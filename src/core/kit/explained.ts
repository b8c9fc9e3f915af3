import type { Flow } from '../flow/flow.ts'
import type { Step } from '../step/step.ts'
import type { Finding } from '../verdict/report.ts'

/**
 * An error says what broke: it rests on this very step or on one that failed like it, or its rule is known to end in such a
 * failure. Another one at an earlier step may be there by chance, and so may what breaks no login. Or authtap caused it.
 * @param causes what the rules found that explain this one
 */
export function isExplained(step: Step, flow: Flow, causes: readonly Finding[]): boolean {
  const before = flow.steps.filter(({ order }) => order <= step.order)
  const alike = before.filter((other) => other === step || failsAlike(other, step))
  const errors = flow.findings.filter(
    (finding) => finding.severity === 'error' && !flow.isWeakness(finding),
  )
  return (
    restsOn(
      [step],
      flow.findings.filter(({ fault }) => fault === 'authtap'),
    ) ||
    restsOn(alike, errors) ||
    restsOn(
      before,
      causes.filter(({ severity }) => severity === 'error'),
    )
  )
}

/** One of these findings shows one of these steps. */
function restsOn(steps: readonly Step[], findings: readonly Finding[]): boolean {
  const ids = new Set(steps.map(({ exchange }) => exchange.id))
  return findings.some(({ evidence }) => evidence.some(({ exchange }) => ids.has(exchange)))
}

/** The same request with the same answer, such as the token of an earlier round that was refused as well. */
function failsAlike(other: Step, step: Step): boolean {
  const presents = (one: Step) =>
    (one.kind === 'mcp' || one.kind === 'challenge') && one.authorization.length > 0
  return (
    other.kind === step.kind &&
    other.url === step.url &&
    other.status === step.status &&
    presents(other) === presents(step)
  )
}
