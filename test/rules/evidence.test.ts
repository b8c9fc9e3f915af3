/** All rules together: what a finding states stands in its evidence. */
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { Session } from '../../src/core/session.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { loadRules } from '../../src/rules.ts'
import { failing } from '../core/verdict/checklist-captures.ts'
import { endingAt, endings, hollow, places as endingPlaces } from '../endings.ts'
import { mutations } from '../mutations/all.ts'
import { flows } from '../mutations/flows.ts'
import { broken } from './broken-flows.ts'
import { brokenRegistrations } from './broken-registrations.ts'
import { brokenScopes } from './broken-scopes.ts'
import { fieldCases } from './field-cases.ts'
import { manners, variants } from './healthy-flows.ts'
import { reportedKinds } from './reported/kinds.ts'
import { reportedLogins } from './reported/logins.ts'
import { reportedServers } from './reported/refusals.ts'
import { statedValues, unproven } from './stated-values.ts'

const { rules } = await loadRules()
const byId = new Map(rules.map((rule) => [rule.id, rule]))

/** Sentences of findings that state what their evidence does not show, each with the values. */
function unprovenIn(exchanges: readonly Exchange[]): string[] {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  const seen = new Map(exchanges.map((exchange) => [exchange.id, exchange]))
  return session.report().findings.flatMap((finding) => {
    const values = unproven(finding, seen, byId.get(finding.rule)!)
    return values.length === 0
      ? []
      : [`${finding.rule}: ${values.join(' | ')} — ${finding.message} — ${finding.remedy}`]
  })
}

describe('what a finding states, its evidence shows:', () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))('in the examples of %s', (_, rule) => {
    const { good, bad } = rule.examples
    const found = [...good, ...bad].flatMap(({ http }) => unprovenIn(parseTranscript(http)))
    expect(found).toEqual([])
  })

  const transcripts = [
    ...Object.entries({ ...variants, ...manners }),
    ...[...broken, ...brokenRegistrations, ...brokenScopes].map(
      ({ rule, http }) => [rule, http] as const,
    ),
    ...fieldCases.map(({ name, http }) => [name, http] as const),
    ...[...reportedLogins, ...reportedServers, ...reportedKinds].map(
      ({ name, http }) => [name, http] as const,
    ),
    ...failing.map(({ name, http }) => [name, http] as const),
  ]
  test.each(transcripts)('in the flow %s', (_, http) => {
    expect(unprovenIn(parseTranscript(http))).toEqual([])
  })

  const places = Object.keys(endingPlaces)
  test.each(places)('in a login that ends at %s, in every way', (place) => {
    for (const ending of [...endings, ...hollow])
      expect(unprovenIn(endingAt(place, ending))).toEqual([])
  })

  const folder = new URL('../captures/', import.meta.url)
  const captures = readdirSync(folder).filter((name) => name.endsWith('.txt'))
  test.each(captures)('in the capture %s', (name) => {
    expect(unprovenIn(parseTranscript(readFileSync(new URL(name, folder), 'utf8')))).toEqual([])
  })

  const healthy = flows.get('with dynamic registration')!
  test.each(mutations.map((one) => [`${one.rule}, ${one.what}`, one] as const))(
    'in a login broken by %s',
    (_, mutation) => {
      expect(unprovenIn(mutation.apply(healthy) ?? [])).toEqual([])
    },
  )
})

test('a value that no evidence shows is told', () => {
  expect(statedValues('it answers 403 "no" at https://a.example/b, with invalid_grant')).toEqual([
    'no',
    'https://a.example/b',
    '403',
    'invalid_grant',
  ])
  expect(statedValues('send `resource` and the code_verifier')).toEqual([])
})
