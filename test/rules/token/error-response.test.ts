import { expect, test } from 'vitest'
import { runRule } from '../../../src/core/example.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { loadRules } from '../../../src/rules.ts'
import * as flow from '../whole-flow.ts'

const { rules } = await loadRules()
const rule = rules.find(({ id }) => id === 'token/error-response')!

test('a refusal is not blamed on what broke an earlier request', () => {
  const { findings } = runRule(
    rule,
    rules,
    parseTranscript(`
      > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&code_challenge=\${s256 the-right-verifier-that-is-long-enough-for-it}&code_challenge_method=S256&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

      < HTTP/1.1 302 Found
      < location: http://127.0.0.1:5000/cb?code=c1&state=s1

      > POST https://as.example/token
      > content-type: application/x-www-form-urlencoded

      grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&code_verifier=another-verifier-that-is-long-enough-for-it-too

      < HTTP/1.1 400 Bad Request

      {"error":"invalid_grant","error_description":"PKCE verification failed"}

      > POST https://as.example/token
      > content-type: application/x-www-form-urlencoded

      grant_type=client_credentials&client_id=app&client_secret=\${secret cs_}

      < HTTP/1.1 400 Bad Request

      {"error":"unauthorized_client"}`),
  )
  expect(findings.map(({ variant, fault }) => ({ variant, fault }))).toEqual([
    { variant: 'invalid_grant', fault: 'client' },
    { variant: 'unauthorized_client', fault: 'undetermined' },
  ])
})

const code = 'grant_type=authorization_code&code=c1&client_id=app'
const refresh = 'grant_type=refresh_token&refresh_token=r1&client_id=app'
const ask = (body: string, answer: string) => `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

${body}

${answer}
`
const error = (name: string, words = '') =>
  `< HTTP/1.1 400 Bad Request\n< content-type: application/json\n\n{"error":"${name}","error_description":"${words}"}`
const issued =
  '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ one}","token_type":"Bearer","refresh_token":"r1"}'
const judge = (http: string) => runRule(rule, rules, parseTranscript(http)).findings

test.each([
  ['invalid_grant', 'undetermined', ask(code, error('invalid_grant'))],
  ['invalid_grant', 'client', ask(refresh, error('invalid_grant', 'refresh token has expired'))],
  [
    'invalid_grant',
    'authorization-server',
    ask(code, issued) + ask(refresh, error('invalid_grant')),
  ],
  ['invalid_client', 'client', ask(code, error('invalid_client', 'invalid client secret'))],
  ['unauthorized_client', 'undetermined', ask(code, error('unauthorized_client'))],
  ['invalid_request', 'undetermined', ask(code, error('invalid_request'))],
  [
    'invalid_request',
    'authorization-server',
    ask(
      code,
      error(
        'invalid_request',
        "AADSTS9002327: Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
      ),
    ),
  ],
  [
    'unauthorized_client',
    'authorization-server',
    ask(code, error('unauthorized_client', 'This client type is not allowed here')),
  ],
  [
    'server-error',
    'authorization-server',
    ask(code, '< HTTP/1.1 500 Internal Server Error\n\noops'),
  ],
  ['server-error', 'undetermined', ask(code, '< HTTP/1.1 503 Service Unavailable\n\noops')],
  ['slow', 'undetermined', ask(code, error('slow'))],
])('%s is laid to %s', (variant, fault, http) => {
  expect(judge(http).at(-1)).toMatchObject({ variant, fault, severity: 'error' })
})

test('a page of an edge is laid to the edge, as likely', () => {
  const page =
    '< HTTP/1.1 503 Service Unavailable\n< server: cloudflare\n< cf-ray: 8a1b2c3d4e5f6a7b-FRA\n< content-type: text/plain\n\nerror code: 1020'
  expect(judge(ask(code, page))).toMatchObject([{ fault: 'intermediary', confidence: 'likely' }])
})

test('what belongs to a flow that works is no error', () => {
  for (const name of ['authorization_pending', 'slow_down', 'use_dpop_nonce'])
    expect(judge(ask(code, error(name)))).toEqual([])
})

test('one that a later request made good is no more than a warning, of a refresh a note', () => {
  expect(judge(ask(code, error('invalid_grant')) + ask(code, issued))[0]?.severity).toBe('warning')
  const again = ask(refresh, error('invalid_grant')) + ask(code, issued)
  expect(judge(again)[0]?.severity).toBe('info')
})

test('a redirect URI that the token request leaves out is among the causes', () => {
  const login = `
# handed-over
> GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

# handed-over
> GET http://127.0.0.1:5000/cb?code=c1&state=s1
`
  const causes = (body: string) =>
    judge(login + ask(body, error('invalid_grant')))[0]?.candidates?.map(({ why }) => why)
  expect(causes(code)?.[0]).toContain('no redirect_uri')
  const whole = causes(`${code}&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb`)
  expect(whole?.some((why) => why.includes('redirect_uri'))).toBe(false)
})

const assertion = (audience: string) =>
  `grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=\${jwt {"alg":"ES256"} {"iss":"app","sub":"app","aud":"${audience}","exp":1767268860,"jti":"1"}}`

/** The same requests, as they came to authtap at http://localhost:8485. */
function through(http: string) {
  const exchanges = parseTranscript(http).map((one) => ({
    ...one,
    request: { ...one.request, via: 'http://localhost:8485/token' },
  }))
  return runRule(rule, rules, exchanges).findings
}

test('an assertion that is signed for authtap’s address is refused because of authtap', () => {
  const [found, ...others] = through(
    ask(assertion('http://localhost:8485'), error('invalid_client')),
  )
  expect(others).toEqual([])
  expect(found).toMatchObject({ variant: 'debug-proxy', fault: 'authtap', severity: 'info' })
  expect(found?.message).toContain('http://localhost:8485')
  expect(found?.evidence.map(({ text }) => text).join(' ')).toContain('http://localhost:8485')
})

test.each([
  ['for the server itself', through(ask(assertion('https://as.example'), error('invalid_client')))],
  [
    'for its address, by a client that does not come through authtap',
    judge(ask(assertion('http://localhost:8485'), error('invalid_client'))),
  ],
  [
    'for authtap, at a server that breaks down',
    through(
      ask(assertion('http://localhost:8485'), '< HTTP/1.1 500 Internal Server Error\n\noops'),
    ),
  ],
  [
    'for authtap, at a server that does not know the grant',
    through(ask(assertion('http://localhost:8485'), error('unsupported_grant_type'))),
  ],
])('an assertion that is signed %s is refused for another reason', (_, findings) => {
  expect(findings).toMatchObject([{ severity: 'error' }])
  expect(findings[0]?.fault).not.toBe('authtap')
})

/** A code redeemed as it ought to be but for what is changed, and refused. */
function refused(error: object, changes: Partial<typeof flow.redemption> = {}): Exchange[] {
  const answer = flow.json(error, '400 Bad Request')
  const redeem = flow.tokenRequest({ ...flow.redemption, ...changes }, answer)
  return parseTranscript(flow.flowUpTo('callback') + redeem)
}

test.each([
  ['a code that has all it is bound to', { error: 'invalid_grant' }],
  ['a client that is registered without a secret', { error: 'invalid_client' }],
  [
    'such a client, in words that speak of a secret',
    { error: 'invalid_client', error_description: 'Client authentication failed' },
  ],
])('the server has to act that refuses %s', (_, error) => {
  const { findings } = runRule(rule, rules, refused(error))
  expect(findings).toMatchObject([{ fault: 'authorization-server' }])
})

test.each([
  ['another redirect URI', { redirect_uri: 'http://127.0.0.1:41234/other' }],
  ['another verifier', { code_verifier: flow.verifier.toLowerCase() }],
  ['another client id', { client_id: 'client-8' }],
])('it is not named where the code is redeemed with %s', (_, changes) => {
  const { findings } = runRule(rule, rules, refused({ error: 'invalid_grant' }, changes))
  expect(findings).toHaveLength(1)
  expect(findings).not.toMatchObject([{ fault: 'authorization-server' }])
})

test('what speaks for a party is shown', () => {
  const [{ evidence } = { evidence: [] }] = runRule(
    rule,
    rules,
    refused({ error: 'invalid_grant' }),
  ).findings
  expect(evidence.map(({ at, note }) => `${at}: ${note}`)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^request\.form\.code: \d+ s old, and redeemed for the first time$/),
      'request.query.code_challenge: the code_verifier belongs to it, and the client is the same',
    ]),
  )
})

test('a refusal that a client got past by another way to authenticate is not what failed', () => {
  const first = refused({ error: 'invalid_client' })
  const next = refused({ error: 'invalid_target' }).at(-1)!
  const startedAt = next.startedAt + 1000
  const { findings } = runRule(rule, rules, [
    ...first,
    { ...next, id: 'next', startedAt, endedAt: startedAt + 10 },
  ])
  expect(findings).toMatchObject([
    { variant: 'invalid_client', severity: 'warning' },
    { variant: 'invalid_target', severity: 'error' },
  ])
})

test('what a client makes of a refusal is not why it was refused', () => {
  const tool = { name: 'authtap', version: 'test', rules: '' } as const
  const session = new Session({ rules, tool })
  const login = refused({ error: 'invalid_grant', error_description: 'Grant is invalid' })
  const last = login.at(-1)!
  const startedAt = last.startedAt + 1000
  const again = { ...last, id: 'again', startedAt, endedAt: startedAt + 10 }
  for (const exchange of [...login, again]) session.ingest(exchange)
  session.settle()
  const { firstBroken, findings } = session.report()
  const first = findings.find(({ id }) => id === firstBroken?.finding)
  expect(first).toMatchObject({ rule: 'token/error-response', fault: 'authorization-server' })
  expect(first?.evidence[0]?.exchange).toBe(last.id)
  const uncaused = findings.filter(
    ({ severity, causedBy }) => severity === 'error' && causedBy === null,
  )
  expect(uncaused).toHaveLength(1)
})
