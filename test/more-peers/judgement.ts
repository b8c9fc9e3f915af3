import type { Exchange } from '../../src/core/wire/exchange.ts'
import type { Report } from '../../src/core/verdict/report.ts'
import { Session } from '../../src/core/session.ts'
import { loadRules } from '../../src/rules.ts'

/** What authtap says of a session that has come to its end. */
export async function judge(exchanges: readonly Exchange[], target: string): Promise<Report> {
  const { rules, hash } = await loadRules()
  const tool = { name: 'authtap', version: 'test', rules: hash } as const
  const session = new Session({ rules, tool, targets: [target] })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}
