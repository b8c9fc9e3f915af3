import { checkAgent } from '../../../src/core/clients/by-hand.ts'
import { Session } from '../../../src/core/session.ts'
import type { Report } from '../../../src/core/verdict/report.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { loadRules } from '../../../src/rules.ts'
import { probeRecorder } from '../../../src/tap/probe/asker.ts'
import type { Look } from '../../../src/tap/probe/look.ts'
import type { LoginOptions } from '../../../src/tap/probe/login/person.ts'
import type { ProbeOptions } from '../../../src/tap/probe/options.ts'
import { probe } from '../../../src/tap/probe/probe.ts'

const { rules, hash } = await loadRules([])

export interface Checked {
  readonly report: Report
  readonly looks: readonly Look[]
  readonly exchanges: readonly Exchange[]
}

/** What `authtap check` makes of a server. */
export async function checked(
  target: string,
  options: Partial<ProbeOptions> = {},
  login?: LoginOptions,
): Promise<Checked> {
  const exchanges: Exchange[] = []
  const looks: Look[] = []
  const given = {
    target,
    agent: checkAgent('test'),
    version: 'test',
    headers: [],
    recorder: probeRecorder(),
    connection: 'check-1',
    emit: (exchange: Exchange) => exchanges.push(exchange),
    tell: (look: Look) => looks.push(look),
    ...options,
  }
  await probe(given, login)
  return { report: judged(exchanges, [target]), looks, exchanges }
}

export function judged(exchanges: readonly Exchange[], targets: readonly string[]): Report {
  const tool = { name: 'authtap', version: 'test', rules: hash } as const
  const session = new Session({ rules, tool, targets })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}

/** `rule, party` of each error and warning that no other explains. */
export function faultsOf({ findings }: Report): string[] {
  return findings
    .filter(({ severity, causedBy }) => severity !== 'info' && causedBy === null)
    .map(({ rule, fault }) => `${rule}, ${fault}`)
}
