/** The verdict line over the examples of all rules. */
import { describe, expect, test } from 'vitest'
import { exchangesOf } from '../../../src/core/example.ts'
import { loadRules } from '../../../src/rules.ts'
import { brokenFirst } from '../../../src/tui/model/attempt.ts'
import { verdictLine } from '../../../src/tui/model/verdict-line.ts'
import { wholeFact } from '../../../src/tui/model/fact-line.ts'
import { drawVerdict } from '../../../src/tui/view/chrome.ts'
import { drawn, told } from '../fixtures/told.ts'

const { rules } = await loadRules([])

/**
 * What breaks most logins, by the threads in which people report it. What a server says in words of its own may be longer than
 * any screen: registration/rejected shows as much of it as there is room for.
 */
const commonest = new Set([
  'audience/as-rejects-resource',
  'audience/aud-mismatch',
  'audience/resource-param-missing',
  'audience/server-accepts-wrong-audience',
  'authorization/endpoint-error-page',
  'authorization/loopback-port-rejected',
  'authorization/redirect-uri-unregistered',
  'bearer/fresh-token-rejected',
  'bearer/issued-token-not-used',
  'challenge/resource-metadata-missing',
  'challenge/unparseable',
  'challenge/wrong-status',
  'challenge/www-authenticate-missing',
  'discovery/asm-issuer-mismatch',
  'discovery/asm-missing',
  'discovery/asm-required-field-missing',
  'discovery/client-ignored-advertised-endpoints',
  'discovery/endpoint-unreachable',
  'discovery/metadata-http-scheme',
  'discovery/metadata-not-json',
  'discovery/prm-authorization-servers-invalid',
  'discovery/prm-missing',
  'discovery/prm-resource-mismatch',
  'discovery/wellknown-error-status',
  'intermediary/authorization-stripped',
  'intermediary/request-blocked',
  'pkce/method-not-s256',
  'pkce/verifier-missing',
  'refresh/rotated-token-reused',
  'registration/client-unknown-to-as',
  'scope/rejected-by-as',
  'token/client-auth-mismatch',
  'token/error-not-oauth',
  'token/error-response',
  'token/redirect-uri-mismatch',
])

/** Verdict lines at 80 columns in which the rule leads, and whether what is wrong stands there whole. */
async function linesOf(rule: (typeof rules)[number]) {
  const lines: { line: string; isWhole: boolean }[] = []
  for (const example of rule.examples.bad) {
    const { ui, model, scene } = told(await exchangesOf(example), { judgedBy: rules, capture: 'x' })
    const broken = brokenFirst(model)
    if (broken?.finding.rule !== rule.id || broken.past) continue
    const line = drawn(80, 2, (frame) => drawVerdict(frame, scene))[1]!
    const { fact } = verdictLine(ui, 0, 0)
    const forms = Array.from({ length: 80 }, (_, columns) => wholeFact(fact, columns))
    lines.push({
      line,
      isWhole: forms.some((form) => form !== undefined && line.includes(` ${form}`)),
    })
  }
  return lines
}

describe('at 80 columns what is wrong is whole', () => {
  test.each(rules.filter(({ id }) => commonest.has(id)).map((rule) => [rule.id, rule] as const))(
    'where %s broke it',
    async (_, rule) => {
      const lines = await linesOf(rule)
      expect(lines.length).toBeGreaterThan(0)
      expect(lines.filter(({ isWhole }) => !isWhole).map(({ line }) => line)).toEqual([])
    },
  )
})
