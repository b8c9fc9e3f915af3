import { describe, expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'

function judge(http: string) {
  const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

const outcomes = (http: string) => judge(http).flows.map(({ outcome }) => outcome)

const rpc = (method: string) => `{"jsonrpc":"2.0","id":1,"method":"${method}"}`
const json = '< content-type: application/json'
const answer = `< HTTP/1.1 200 OK\n${json}\n\n{"jsonrpc":"2.0","id":1,"result":{}}`
const call = (token: string | undefined, response: string, agent = 'client-a') => `
> POST https://mcp.example/mcp
> user-agent: ${agent}
${token === undefined ? '' : `> authorization: Bearer \${secret at_ ${token}}\n`}
${rpc('initialize')}

${response}
`
const challenge = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer'
const look = (agent?: string) => call(undefined, challenge, agent)

/** A login from the browser to the token. */
const login = (n: number, more: { agent?: string; token?: string; callback?: string } = {}) => `
# handed-over
> GET https://as.example/authorize?response_type=code&client_id=app&state=s${n}&code_challenge=\${s256 v${n}}&code_challenge_method=S256&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb

# handed-over
> GET http://127.0.0.1:1/cb?${more.callback ?? `code=c${n}`}&state=s${n}
${
  more.callback !== undefined
    ? ''
    : `
> POST https://as.example/token
> user-agent: ${more.agent ?? 'client-a'}
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c${n}&client_id=app&code_verifier=v${n}

${more.token ?? `< HTTP/1.1 200 OK\n${json}\n\n{"access_token":"\${secret at_ t${n}}","token_type":"Bearer"}`}
`
}`
const whole = (n: number) => look() + login(n) + call(`t${n}`, answer)

describe('a login attempt', () => {
  test.each([
    ['authorized', 'a call with its token is answered', look() + login(1) + call('t1', answer)],
    ['looked', 'somebody asks without a token and goes no further', look()],
    ['abandoned', 'the token is never used', look() + login(1)],
    ['abandoned', 'a person says no', look() + login(1, { callback: 'error=access_denied' })],
    [
      'failed',
      'the token endpoint fails',
      look() + login(1, { token: '< HTTP/1.1 503 Service Unavailable' }),
    ],
    ['failed', 'the token is refused', look() + login(1) + call('t1', challenge)],
    [
      'failed',
      'a page answers the call',
      look() +
        login(1) +
        call('t1', '< HTTP/1.1 200 OK\n< content-type: text/html\n\n<html>hi</html>'),
    ],
    ['failed', 'there is nothing at the address', call(undefined, '< HTTP/1.1 404 Not Found')],
  ])('is %s where %s', (outcome, _, http) => {
    expect(outcomes(http)).toEqual([outcome])
  })

  test('is one of its own each time, with one client id and one program', () => {
    expect(outcomes(whole(1) + whole(2) + whole(3))).toEqual(Array(3).fill('authorized'))
  })

  test('is told apart by its state where a server gives out one code again and again', () => {
    const again = whole(2).replaceAll('code=c2', 'code=c1')
    expect(outcomes(whole(1) + again)).toEqual(['authorized', 'authorized'])
  })

  test('is superseded by the one with which the same client got through', () => {
    const { flows, verdict } = judge(
      look() + login(1, { callback: 'error=access_denied' }) + login(2) + call('t2', answer),
    )
    expect(flows).toMatchObject([
      { id: 'w1', outcome: 'superseded', by: 'w2' },
      { id: 'w2', outcome: 'authorized' },
    ])
    expect(verdict).toBe('pass')
  })

  test('that got through is over, and no failure, when its client logs in anew', () => {
    const { flows, verdict } = judge(whole(1) + call('t1', challenge) + whole(2))
    expect(flows).toMatchObject([{ outcome: 'authorized' }, { outcome: 'authorized' }])
    expect(verdict).toBe('pass')
    expect(outcomes(whole(1) + call('t1', challenge))).toEqual(['failed'])
  })

  test('is not superseded by that of another client', () => {
    const other = login(2, { agent: 'client-b' }).replaceAll('client_id=app', 'client_id=other')
    const { flows, verdict } = judge(
      look() +
        login(1, { token: '< HTTP/1.1 503 Service Unavailable' }) +
        look('client-b') +
        other +
        call('t2', answer, 'client-b'),
    )
    expect(flows.map(({ outcome }) => outcome)).toEqual(['failed', 'authorized'])
    expect(verdict).toBe('incomplete')
  })

  test('is no login of whoever only looks at the server meanwhile', () => {
    const http = look('curl/8') + whole(1) + look('curl/8') + look('health')
    expect(judge(http).verdict).toBe('pass')
    expect(outcomes(http).filter((outcome) => outcome !== 'looked')).toEqual(['authorized'])
  })
})

test.each([
  ['abandoned', 'authtap cut off', 'ECUT', 'cut off by authtap behind a request that failed'],
  ['abandoned', 'authtap could not pass on', 'EFILES', 'authtap has too many files open'],
  ['failed', 'the client left', 'ECLIENTGONE', 'the client went away'],
])('an attempt is %s when %s its last call', (outcome, _who, code, words) => {
  const cut = `# at=12:00:00 until=12:01:00${call('t1', `! client-gone ${code}`)}`
  const [flow] = judge(look() + login(1) + cut).flows
  expect(flow!.outcome).toBe(outcome)
  expect(flow!.steps.at(-1)!.summary).toContain(words)
})

/** What a client sends besides requests, each answered as it should be. */
const besides: Readonly<Record<string, string>> = {
  'a stream': `
> GET https://mcp.example/mcp
> accept: text/event-stream
> authorization: Bearer \${secret at_ t1}

< HTTP/1.1 200 OK
< content-type: text/event-stream

`,
  'the end of a session': `
> DELETE https://mcp.example/mcp
> authorization: Bearer \${secret at_ t1}

< HTTP/1.1 204 No Content
`,
  'a notification': `
> POST https://mcp.example/mcp
> authorization: Bearer \${secret at_ t1}

{"jsonrpc":"2.0","method":"notifications/initialized"}

< HTTP/1.1 202 Accepted
`,
  'an answer to the server': `
> POST https://mcp.example/mcp
> authorization: Bearer \${secret at_ t1}

{"jsonrpc":"2.0","id":1,"result":{}}

< HTTP/1.1 202 Accepted
`,
}

const result = '{"jsonrpc":"2.0","id":1,"result":{}}'
const failures: Readonly<Record<string, string>> = {
  'an answer that says it is text': `< HTTP/1.1 200 OK\n< content-type: text/plain\n\n${result}`,
  'no answer to a request': '< HTTP/1.1 204 No Content',
  'a failing server': '< HTTP/1.1 500 Internal Server Error',
  'a page': '< HTTP/1.1 200 OK\n< content-type: text/html\n\n<html>hi</html>',
  'a refused token': challenge,
  'a tool that wants a token': `< HTTP/1.1 200 OK\n${json}\n\n{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"Unauthorized: token expired"}]}}`,
}

describe.each(Object.entries(failures))('a call that ends at %s', (_, failure) => {
  test.each(Object.entries(besides))('is not made good by %s', (_name, beside) => {
    const failed = whole(1) + call('t1', failure)
    expect(outcomes(failed + beside)).toEqual(['failed'])
    expect(outcomes(failed + beside + beside + beside)).toEqual(['failed'])
    expect(outcomes(look() + login(1) + call('t1', failure) + beside)).toEqual(['failed'])
  })

  test('is made good by a request that is answered, at once or over the stream of the older transport', () => {
    const accepted = '< HTTP/1.1 202 Accepted'
    for (const later of [answer, accepted])
      expect(outcomes(whole(1) + call('t1', failure) + call('t1', later))).toEqual(['authorized'])
  })

  test('is seen after many that went well', () => {
    const many = whole(1) + call('t1', answer).repeat(8)
    expect(outcomes(many + call('t1', failure))).toEqual(['failed'])
    const beside = Object.values(besides).join('')
    expect(outcomes(many + call('t1', failure) + beside + call('t1', answer))).toEqual([
      'authorized',
    ])
  })
})

test.each(Object.entries(besides))('%s shows that a token was accepted', (_, beside) => {
  expect(outcomes(look() + login(1) + beside)).toEqual(['authorized'])
})

describe('a failed login and a later one', () => {
  const failed = (agent: string, name: string) =>
    named(call(undefined, challenge, agent), name) +
    login(1, { agent, token: '< HTTP/1.1 503 Service Unavailable' })
  const working = (agent: string, name: string) =>
    named(call(undefined, challenge, agent), name) +
    login(2, { agent }).replaceAll('client_id=app', 'client_id=other') +
    named(call('t2', answer, agent), name)
  const named = (http: string, name: string) =>
    name === ''
      ? http
      : http.replace(
          '"method":"initialize"',
          `"method":"initialize","params":{"clientInfo":{"name":"${name}","version":"1"}}`,
        )
  const first = (a: [string, string], b: [string, string]) =>
    outcomes(failed(...a) + working(...b))[0]

  test.each([
    ['undici', 'one', 'undici', 'one', 'superseded'],
    ['undici', 'one', 'undici', 'two', 'failed'],
    ['undici', '', 'undici', '', 'failed'],
    ['python-httpx/0.28.1', '', 'python-httpx/0.28.1', 'one', 'failed'],
    ['claude-code/2.1 (cli)', '', 'claude-code/2.1 (cli)', '', 'superseded'],
    ['claude-code/2.1 (cli)', 'one', 'claude-code/2.1 (cli)', '', 'superseded'],
    ['gotham/2', '', 'gotham/2', '', 'superseded'],
    ['Mozilla/5.0 (X11; Linux)', '', 'Mozilla/5.0 (X11; Linux)', '', 'failed'],
    ['a/1', '', 'b/1', '', 'failed'],
  ])('of %s (%s) and %s (%s): %s', (agent, name, laterAgent, laterName, outcome) => {
    expect(first([agent, name], [laterAgent, laterName])).toBe(outcome)
  })
})

const unspoken = `< HTTP/1.1 400 Bad Request\n${json}\n\n{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Unsupported protocol version"},"id":null}`

test('a version of the protocol that the server does not speak is not where a login ends whose client asks in another', () => {
  const asked = look() + login(1) + call('t1', unspoken)
  expect(outcomes(asked)).toEqual(['failed'])
  expect(outcomes(asked + call('t1', answer))).toEqual(['authorized'])
  const { flows } = judge(asked + call('t1', challenge))
  expect(flows.map(({ outcome }) => outcome)).toEqual(['failed'])
})

const more =
  '< HTTP/1.1 403 Forbidden\n< www-authenticate: Bearer error="insufficient_scope", scope="admin"'

test('a login that is left, of a client that was let in and asks for more, is left', () => {
  const [browser] = login(2).split('> GET http://127')
  const asked = whole(1) + call('t1', more)
  expect(judge(asked + browser!.slice(0, browser!.lastIndexOf('#')))).toMatchObject({
    verdict: 'incomplete',
    flows: [{ outcome: 'abandoned' }],
  })
  expect(outcomes(asked + login(2) + call('t2', answer))).toEqual(['authorized'])
  expect(outcomes(asked + login(2))).toEqual(['authorized'])
})

const renewal = (answered: string) => `
# at=12:00:00 until=12:01:00
> POST https://as.example/token
> user-agent: client-a
> content-type: application/x-www-form-urlencoded

grant_type=refresh_token&refresh_token=r1&client_id=app

${answered}
`

test('a renewal that is never answered fails a login, though its token was good before', () => {
  const issued = '"token_type":"Bearer"'
  const renewable = whole(1).replace(issued, `${issued},"refresh_token":"r1"`)
  const gone = renewal('! client-gone ECLIENTGONE')
  expect(outcomes(renewable + gone)).toEqual(['failed'])
  expect(outcomes(renewable + gone + call('t1', answer))).toEqual(['authorized'])
})
