import { describe, expect, test } from 'vitest'
import { bodyText } from '../../../src/core/wire/exchange.ts'
import type { Event } from '../../../src/core/verdict/event.ts'
import { type Rule, defineRule } from '../../../src/core/verdict/rule.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'

const { rules } = await loadRules()

/** Finds `wrong` in the answer to such a step, and passes where it finds `right`. */
function wanting(kind: 'token' | 'challenge', severity: 'error' | 'warning'): Rule {
  const rule = defineRule({
    ...(rules[0] as Rule<'token' | 'challenge'>),
    id: `test/${kind}`,
    on: ['token', 'challenge'],
    severity: [severity],
    *check(step) {
      if (step.kind !== kind) return 'silent'
      const text = bodyText(step.exchange.response!)
      if (text.includes('wrong'))
        yield { message: 'it is wrong', evidence: [{ step, at: 'response.status' }] }
      else if (!text.includes('right')) return 'silent'
      return undefined
    },
  })
  return rule as unknown as Rule
}

function judge(http: string, severity: 'error' | 'warning' = 'error') {
  const session = new Session({
    rules: [wanting('token', severity), wanting('challenge', severity)],
    tool: { name: 'authtap', version: '0', rules: '' },
  })
  const events: Event[] = []
  for (const exchange of parseTranscript(http))
    events.push(...session.ingest(exchange), ...session.judge())
  return { session, events, report: session.report() }
}

const json = '< content-type: application/json'
const answer = `< HTTP/1.1 200 OK\n${json}\n\n{"jsonrpc":"2.0","id":1,"result":{}}`
const refusal = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer'
const page = '< HTTP/1.1 200 OK\n< content-type: text/html\n\n<html>hi</html>'
const call = (token: string, response: string, agent: string) => `
> POST https://mcp.example/mcp
> user-agent: ${agent}
${token === '' ? '' : `> authorization: Bearer \${secret at_ ${token}}\n`}
{"jsonrpc":"2.0","id":1,"method":"initialize"}

${response}
`

/** A login whose token response says `word`, and a call with its token that is answered so. */
const login = (n: number, word: string, response = answer, agent = 'client-a/1') => `
${call('', refusal, agent)}

# handed-over
> GET https://as.example/authorize?response_type=code&client_id=${agent}&state=s${n}&code_challenge=\${s256 v${n}}&code_challenge_method=S256&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb

# handed-over
> GET http://127.0.0.1:1/cb?code=c${n}&state=s${n}

> POST https://as.example/token
> user-agent: ${agent}
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c${n}&client_id=${agent}&code_verifier=v${n}

< HTTP/1.1 200 OK
${json}

{"access_token":"\${secret at_ t${n}}","token_type":"Bearer","word":"${word}"}
${call(`t${n}`, response, agent)}`

describe('what is wrong with a login', () => {
  test.each([
    ['mended', 'got through all the same', login(1, 'wrong') + login(2, 'right')],
    ['mended', 'failed', login(1, 'wrong', page) + login(2, 'right')],
    ['mended', 'failed, whatever it says now', login(1, 'wrong', page) + login(2, '')],
    ['standing', 'got through: nothing tells it of the next', login(1, 'wrong') + login(2, '')],
    ['standing', 'and with the next', login(1, 'wrong') + login(2, 'wrong')],
    ['standing', 'where the next fails', login(1, 'wrong') + login(2, 'right', page)],
    ['standing', 'and was not before', login(1, 'right') + login(2, 'wrong')],
    [
      'standing',
      'where the next is of another client',
      login(1, 'wrong') + login(2, 'right', answer, 'client-b/1'),
    ],
  ])('is %s: it %s', (state, _, http) => {
    const { report, events } = judge(http)
    const past = state === 'mended' ? { past: true } : {}
    expect(report.firstBroken).toMatchObject(past)
    expect('past' in report.firstBroken!).toBe(state === 'mended')
    expect(report.verdict).toBe(state === 'mended' ? 'pass' : 'fail')
    const told = events.flatMap((event) => (event.type === 'finding' ? [event.finding] : []))
    expect(told.findLast(({ id }) => id === report.findings[0]!.id)).toEqual(report.findings[0])
  })

  test('is mended where it is but a warning, too', () => {
    const { report } = judge(login(1, 'wrong') + login(2, 'right'), 'warning')
    expect(report.findings).toMatchObject([{ past: true }])
  })

  test('is mended in the first call, when that is made again in the same way', () => {
    const first = (word: string) => call('', `< HTTP/1.1 401 Unauthorized\n\n${word}`, 'client-a/1')
    const { report } = judge(first('wrong') + first('right') + login(1, 'right'))
    expect(report.flows).toMatchObject([{ outcome: 'authorized' }])
    expect(report.firstBroken).toMatchObject({ past: true })
    const never = judge(first('wrong') + login(1, 'right')).report
    expect(never.firstBroken).not.toMatchObject({ past: true })
  })
})

test('a login that failed is superseded as soon as the same client gets through, however short ago it failed', () => {
  const { report } = judge(login(1, 'wrong', page) + login(2, 'right'))
  expect(report.flows).toMatchObject([
    { id: 'w1', outcome: 'superseded', by: 'w2' },
    { id: 'w2', outcome: 'authorized' },
  ])
})
