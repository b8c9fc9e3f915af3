import { test } from 'vitest'
import { readFileSync } from 'node:fs'
import { Session } from '../src/core/session.ts'
import { loadRules } from '../src/rules.ts'
import { parseTranscript } from '../src/core/transcript/transcript.ts'
import { surroundings } from './mutations/surroundings.ts'
import { flows } from './mutations/flows.ts'
const { rules } = await loadRules()
function show(name: string, exchanges: any[]) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  const r = session.report()
  console.log('==', name, r.verdict, r.firstBroken?.step, r.firstBroken?.fault, r.firstBroken?.past)
  for (const f of r.flows)
    console.log(
      '  ',
      f.id,
      f.outcome,
      f.by ?? '',
      f.clientId,
      f.steps.map((s) => `${s.exchange}:${s.kind}${s.ok ? '' : '!'}`).join(' '),
    )
  for (const f of r.findings)
    console.log(
      '  ',
      f.id,
      f.flow,
      f.severity,
      f.past ? 'PAST' : '',
      `${f.rule}#${f.variant}`,
      f.fault,
      f.causedBy,
      f.message,
    )
}
const texts = (process.env['T'] ?? '').split(',').filter(Boolean)
test('x', () => {
  if (process.env['M']) { const m = surroundings.find((s) => s.what.includes(process.env['M']!))!; for (const [n, f] of flows) if (n.includes(process.env['F'] ?? '')) show(n, m.apply(f) as any) }
  for (const t of texts) {
    if (t.startsWith('rule:')) {
      const rule = rules.find((r) => r.id === t.slice(5))!
      for (const e of [...rule.examples.good, ...rule.examples.bad])
        show(e.name, parseTranscript(e.http, { source: 'example' }))
    } else show(t, parseTranscript(readFileSync(t, 'utf8')))
  }
})
