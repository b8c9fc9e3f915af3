/** All rules together: which finding is the cause of which. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Finding } from '../../src/core/verdict/report.ts'
import { Session } from '../../src/core/session.ts'
import { loadRules } from '../../src/rules.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { type Capture, corpus } from './corpus.ts'
import * as flow from './whole-flow.ts'

const { rules } = await loadRules()
const weaknesses = new Set(rules.filter(({ weakness }) => weakness).map(({ id }) => id))

function findingsIn({ exchanges, revision }: Capture): readonly Finding[] {
  const session = new Session({
    rules,
    tool: { name: 'authtap', version: '0', rules: '' },
    ...(revision === undefined ? {} : { revision }),
  })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report().findings
}

const judged = corpus(rules).map((capture) => ({
  name: capture.name,
  findings: findingsIn(capture),
}))

/**
 * The causes of each login that has more than one. What only may harm somebody stands beside them, and what authtap itself
 * spoils breaks nothing.
 */
function causesOf(findings: readonly Finding[]): string[] {
  const roots = findings.filter(
    ({ severity, causedBy, rule, fault }) =>
      severity === 'error' && causedBy === null && !weaknesses.has(rule) && fault !== 'authtap',
  )
  const flows = [...new Set(roots.map(({ flow }) => flow))]
  return flows
    .map((flow) => roots.filter((one) => one.flow === flow).map(({ rule }) => rule))
    .filter(({ length }) => length > 1)
    .map((ids) => ids.sort().join(' and '))
}

/** A secret that is wrong, at a server that refuses it in a form of its own. */
const withTwoCauses = new Set(['anthropics/claude-code#83679'])

test('a login that failed has one error without a cause', () => {
  const single = judged.filter(({ name }) => !withTwoCauses.has(name))
  const several = single.flatMap(({ name, findings }) =>
    causesOf(findings).map((causes) => `${name}: ${causes}`),
  )
  expect(several).toEqual([])
})

test('a login in which two things are wrong has two', () => {
  const form = {
    ...flow.redemption,
    code_verifier: 'x'.repeat(43),
    redirect_uri: 'http://b.example',
  }
  const http = flow.flowUpTo('token', {
    token: flow.tokenRequest(form, flow.json({ error: 'invalid_grant' }, '400 Bad Request')),
  })
  expect(causesOf(findingsIn({ name: '', exchanges: parseTranscript(http) }))).toEqual([
    'pkce/verifier-mismatch and token/redirect-uri-mismatch',
  ])
})

/** Who leads whom: a finding, and each of the causes that it is folded under, as far as they tell of one exchange. */
function* leaders(findings: readonly Finding[]): Generator<string> {
  const byId = new Map(findings.map((one) => [one.id, one]))
  const isLoud = ({ severity }: Finding) => severity !== 'info'
  for (const one of findings.filter(isLoud)) {
    const shown = new Set(one.evidence.map(({ exchange }) => exchange))
    let cause = byId.get(one.causedBy ?? '')
    for (; cause !== undefined; cause = byId.get(cause.causedBy ?? ''))
      if (cause.evidence.some(({ exchange }) => shown.has(exchange)))
        yield `${cause.rule} > ${one.rule}`
  }
}

/** Pairs that somebody read and found true: whom a maintainer wants to read first. */
const reviewed = readFileSync(new URL('../golden/leaders.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')

const pairs = new Set(judged.flatMap(({ findings }) => [...leaders(findings)]))

test('of two findings about one exchange the one leads of which the table says so', () => {
  expect([...pairs].filter((pair) => !reviewed.includes(pair)).sort()).toEqual([])
})

test('every pair of the table stands in a capture, so that it is seen to lead', () => {
  expect(reviewed.filter((pair) => !pairs.has(pair))).toEqual([])
})

test('the table is sorted, says everything once, and only what rules explain', () => {
  const explained = new Map(
    rules.map(({ id, explains = [] }) => [id, explains.map((entry) => entry.split('#', 1)[0]!)]),
  )
  const leads = (leader: string, follower: string): boolean =>
    (explained.get(leader) ?? []).some((next) => next === follower || leads(next, follower))
  expect(reviewed).toEqual([...new Set(reviewed)].sort())
  const untrue = reviewed.filter((pair) => {
    const [leader, follower] = pair.split(' > ')
    return !leads(leader!, follower!)
  })
  expect(untrue).toEqual([])
})
