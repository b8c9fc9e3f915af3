import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checklistItems } from '../../../src/core/verdict/checklist.ts'
import type { ChecklistEntry, Report } from '../../../src/core/verdict/report.ts'
import type { Rule } from '../../../src/core/verdict/rule.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import * as flow from '../../rules/whole-flow.ts'
import { loginTranscript } from '../login.ts'
import { denyingNothing, failing } from './checklist-captures.ts'

const { rules } = await loadRules()
const items = checklistItems.map(({ item }) => item)

function judge(http: string, by: readonly Rule[] = rules): Report {
  const session = new Session({ rules: by, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

function having(status: ChecklistEntry['status'], { checklist }: Report): string[] {
  return checklist.filter((entry) => entry.status === status).map(({ item }) => item)
}

/** The capture as a sanitiser leaves it that takes a field away. */
function without(field: string, http: string): string {
  return http
    .replaceAll(new RegExp(`^[<>] ${field}:.*\\n`, 'gm'), '')
    .replaceAll(/^(?:# (.*)\n)?> (GET|POST) /gm, (_, words: string | undefined, method: string) =>
      [`# ${words ?? ''} missing=${field}`, `> ${method} `].join('\n'),
    )
}

const { healthy } = flow
const refusedForAudience = flow.flowUpTo('initialize', {
  token: flow.tokenRequest(
    flow.redemption,
    flow.tokens(flow.jwt({ aud: 'api://default' }), flow.secret('rt_ one')),
  ),
  initialize: flow
    .sessionStart(
      flow.jwt({ aud: 'api://default' }),
      flow.challenge('Bearer error="invalid_token", error_description="invalid audience"'),
    )
    .split('\n\n> POST')[0]!,
})

describe('an item passes where it was seen to be so', () => {
  const refusals = ['A-2', 'A-6']

  test('a healthy login shows all but what only a refusal shows', () => {
    const report = judge(flow.flowWith())
    expect(having('pass', report)).toEqual(items.filter((item) => !refusals.includes(item)))
    expect(having('not-seen', report)).toEqual(refusals)
  })

  test('a refusal for its audience shows that the server looks at it, and says so', () => {
    expect(having('pass', judge(refusedForAudience))).toEqual(
      items.filter((item) => !['A-3', 'A-4', 'A-5'].includes(item)),
    )
  })

  test('and names the exchange that shows it', () => {
    const report = judge(flow.flowWith())
    const shown = new Map(report.checklist.map(({ item, exchange }) => [item, exchange]))
    const kinds = new Map(
      report.flows.flatMap(({ steps }) => steps.map(({ exchange, kind }) => [exchange, kind])),
    )
    const kindOf = (item: string) => kinds.get(shown.get(item) ?? '')
    expect(['D-1', 'D-4', 'U-1', 'T-4', 'A-3', 'R-3', 'P-2'].map(kindOf)).toEqual([
      'server-metadata',
      'resource-metadata',
      'challenge',
      'mcp',
      'token',
      'registration',
      'token',
    ])
    expect(shown.get('A-2')).toBeUndefined()
  })
})

describe('an item fails where a finding says that it is untrue, and no other does', () => {
  test.each(failing.map((one) => [one.name, one] as const))('%s', (_, { items: untrue, http }) => {
    expect(having('fail', judge(http))).toEqual(untrue)
  })

  test('every item is failed by one of these', () => {
    const failed = new Set(failing.flatMap(({ items: untrue }) => untrue))
    expect(items.filter((item) => !failed.has(item))).toEqual([])
  })

  test.each(denyingNothing.map((one) => [one.name, one] as const))(
    'none does where %s',
    (_, { rule, http }) => {
      const report = judge(http)
      expect(report.findings.map((finding) => finding.rule)).toContain(rule)
      expect(having('fail', report)).toEqual([])
    },
  )

  test('it names the findings', () => {
    const { checklist, findings } = judge(refusedForAudience)
    const named = checklist.find(({ item }) => item === 'A-4')?.findings
    expect(findings.filter(({ id }) => named?.includes(id)).map(({ rule }) => rule)).toEqual([
      'audience/aud-mismatch',
    ])
  })
})

describe('an item is blind where what decides it was not visible', () => {
  const blind: readonly { name: string; items: readonly string[]; http: string }[] = [
    {
      name: 'Authorization was taken out of the capture',
      items: ['T-1', 'T-2', 'T-3', 'T-4', 'U-1', 'U-5', 'A-2', 'A-3', 'A-4', 'A-6'],
      http: without('authorization', flow.flowWith()),
    },
    {
      name: 'WWW-Authenticate was taken out of the capture',
      items: ['U-1', 'U-2', 'U-3', 'U-4', 'U-5'],
      http: without('www-authenticate', flow.flowWith()),
    },
    {
      name: 'the metadata was read elsewhere',
      items: ['D-1', 'D-2', 'D-3', 'D-4', 'U-3', 'A-1', 'A-3', 'R-3', 'R-4'],
      http: flow.flowWith({ resourceMetadata: '', serverMetadata: '' }),
    },
    {
      name: 'the authorization request was not seen',
      items: ['A-5', 'R-1', 'P-1', 'P-2', 'P-4'],
      http: flow.flowWith({ authorize: '', callback: '' }),
    },
    {
      name: 'the token request was not seen',
      items: ['T-1', 'A-5', 'R-2', 'P-2', 'P-3', 'P-4'],
      http: flow.flowWith({ token: '', refresh: '' }),
    },
  ]

  test.each(blind.map((one) => [one.name, one] as const))('%s', (_, { items: open, http }) => {
    const found = having('blind', judge(http))
    expect(open.filter((item) => !found.includes(item))).toEqual([])
    expect(having('fail', judge(http))).toEqual([])
  })

  test('every item is blind in one of these', () => {
    const open = new Set(blind.flatMap((one) => one.items))
    expect(items.filter((item) => !open.has(item))).toEqual([])
  })

  test('also where its rule broke down', () => {
    const broken = {
      ...rules.find(({ id }) => id === 'pkce/verifier-missing')!,
      check(): never {
        throw new Error('broken')
      },
    }
    const others = rules.filter(({ id }) => id !== broken.id)
    expect(having('blind', judge(flow.flowWith(), [...others, broken]))).toEqual(['P-3', 'P-4'])
  })
})

describe('an item is not seen where nothing shows it', () => {
  test('nothing of OAuth took place', () => {
    const open = flow.opening(flow.json({ jsonrpc: '2.0', id: 1, result: {} }))
    expect(having('not-seen', judge(open))).toEqual(items)
  })

  const wrongPlace = 'https://mcp.example/.well-known/oauth-authorization-server/other'
  const moved = '< HTTP/1.1 302 Found\n< location: https://elsewhere.example/'

  test.each([
    ['a single 404 at a wrong URL', flow.get(wrongPlace, flow.notFound)],
    ['a 302 of the server metadata', flow.get(wrongPlace, moved)],
    ['a 302 of the resource metadata', flow.get(flow.metadataUrl, moved)],
  ])('no endpoint is right after %s', (_, probe) => {
    const report = judge(`${healthy.challenge}${probe}`)
    expect(having('pass', report).filter((item) => item.startsWith('D'))).toEqual([])
  })

  test('a document at a place that derives from nothing is not the metadata', () => {
    const stray = flow.get(wrongPlace, flow.json(flow.serverDocument()))
    const report = judge(`${healthy.challenge}${healthy.resourceMetadata}${stray}`)
    expect(having('pass', report)).not.toContain('D-1')
  })

  test('PKCE without its verifier, and a verifier that is too short, show nothing', () => {
    const report = judge('${opening until mcp}')
    expect(having('pass', report)).toContain('P-1')
    expect(having('pass', report)).not.toContain('P-2')
  })
})

describe('of several logins', () => {
  test('the worst counts', () => {
    const other = refusedForAudience.replaceAll('client-7', 'client-8').replaceAll('41234', '41235')
    const report = judge(`${flow.flowWith()}\n${other.replaceAll('Zm9v', 'YmFy')}`)
    expect(having('fail', report)).toEqual(['A-3', 'A-4', 'A-5'])
    expect(having('pass', report)).toContain('A-2')
  })

  test('one that was repeated with success does not count', () => {
    const foreign = { suffix: 'a', audience: 'https://other.example', refused: true }
    const report = judge(`${loginTranscript(foreign)}\n${loginTranscript({ suffix: 'b' })}`)
    expect(report.findings.some(({ past }) => past === true)).toBe(true)
    expect(having('fail', report)).toEqual([])
  })
})

describe('what rules say they deny', () => {
  const denials = rules.flatMap((rule) =>
    (rule.seed ?? []).flatMap((denial) => (typeof denial === 'string' ? [] : [{ rule, denial }])),
  )

  test('is narrowed to parties that the rule names', () => {
    const unknown = denials.flatMap(({ rule, denial }) =>
      (denial.faults ?? []).filter((fault) => !rule.fault.includes(fault)).map(() => rule.id),
    )
    expect(unknown).toEqual([])
  })

  test('is narrowed to variants that the rule has', () => {
    const unknown = denials.flatMap(({ rule, denial }) =>
      (denial.variants ?? [])
        .filter((variant) => !isVariant(rule, variant))
        .map((variant) => `${rule.id}#${variant}`),
    )
    expect(unknown).toEqual([])
  })
})

const root = new URL('../../../', import.meta.url)
const shared = ['src/core/kit/', 'src/core/challenge/'].flatMap((folder) =>
  readdirSync(new URL(folder, root)).map((name) =>
    readFileSync(new URL(folder + name, root), 'utf8'),
  ),
)
/** Some rules take the error code of an answer for the variant (RFC 6749 §4.1.2.1, §5.2; RFC 8707 §2). */
const errorCodes = ['unauthorized_client', 'invalid_target']

/** Whether the rule, or what it is made of, names the variant outside of what it denies. */
function isVariant(rule: Rule, variant: string): boolean {
  const own = readFileSync(new URL(`rules/${rule.id}.ts`, root), 'utf8')
  const seed = own.indexOf('  seed: ')
  const texts = [own.slice(own.indexOf('  why: ', seed)), ...shared]
  return (
    errorCodes.includes(variant.replaceAll('-', '_')) ||
    texts.some((text) => text.includes(`'${variant}'`) || text.includes(`  ${variant}: `))
  )
}
