import { clientVerdicts } from '../core/clients/verdict.ts'
import { isOfCheck } from '../core/clients/by-hand.ts'
import type { Flow } from '../core/flow/flow.ts'
import type { Look } from '../tap/probe/look.ts'

/** Which clients would come through, by what was seen of the server: those that would in one line, and why each other would not. */
export function clientLooks(flows: readonly Flow[]): Look[] {
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
  const text = `nothing that was seen keeps these from logging in: ${free.join(', ')}`
  return [{ part: 'Clients', mark: 'well', text }, ...refused]
}
