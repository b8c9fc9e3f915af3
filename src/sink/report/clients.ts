import type { ClientVerdict, Report } from '../../core/verdict/report.ts'

export const clientsTitle = 'As other clients'

/** A row of the table of clients: who, whether it would go on, and why not. */
export interface ClientRow {
  readonly name: string
  readonly target: string
  readonly outcome: ClientVerdict['outcome']
  readonly verdict: string
  readonly because: string
  /** Where that is known from. */
  readonly source: string
}

const verdicts = {
  pass: 'would go on',
  refuse: 'would refuse',
  blind: 'cannot be told',
} as const

/** Empty where nobody asked for it. */
export function clientRows({ clients = [] }: Report): ClientRow[] {
  return clients.map(({ name, version, date, target, outcome, checks }) => {
    const first = checks.find((one) => one.outcome === outcome && outcome !== 'pass')
    const where = first?.exchange === undefined ? '' : ` (#${first.exchange})`
    return {
      name: `${name} ${version}`,
      target,
      outcome,
      verdict: verdicts[outcome],
      because: first === undefined ? '' : `${first.check}: ${first.because ?? ''}${where}`,
      source: `${first?.source ?? 'each check'}, ${date}`,
    }
  })
}
