/** Rules on the form of authorization requests and responses, and on what clients make of them. */
import { describe, expect, test } from 'vitest'
import accepted from '../../../rules/authorization/client-accepted-invalid-response.ts'
import consent from '../../../rules/authorization/consent-forced.ts'
import iss from '../../../rules/authorization/iss-invalid.ts'
import page from '../../../rules/authorization/endpoint-error-page.ts'
import request from '../../../rules/authorization/request-malformed.ts'
import response from '../../../rules/authorization/response-malformed.ts'
import state from '../../../rules/authorization/state-missing.ts'
import unredeemed from '../../../rules/authorization/valid-response-rejected.ts'
import unregistered from '../../../rules/authorization/redirect-uri-unregistered.ts'
import { run } from '../run.ts'

const back = 'http://127.0.0.1:1/cb'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const usual = {
  response_type: 'code',
  client_id: 'app',
  redirect_uri: back,
  state: 'a-state-of-some-length',
  code_challenge: challenge,
  code_challenge_method: 'S256',
}
type Params = Record<string, string | undefined>
const query = (params: Params) =>
  new URLSearchParams(
    Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined),
  ).toString()
const authorize = (changes: Params = {}, answer = '', more = '') => `
${answer === '' ? '# handed-over\n' : ''}> GET https://as.example/authorize?${query({ ...usual, ...changes })}${more}

${answer}
`
const hidden = authorize({ request: 'jar' })
const redirected = (location: string) => `< HTTP/1.1 302 Found\n< location: ${location}`
const callback = (params: Params) => `
# handed-over
> GET ${back}?${query(params)}
`
const metadata = (members = '', endpoint = 'https://as.example/authorize') => `
> GET https://as.example/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK
< content-type: application/json

{"issuer":"https://as.example","authorization_endpoint":"${endpoint}"${members}}
`
const token = (changes: Params = {}) => `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

${query({ grant_type: 'authorization_code', code: 'c1', client_id: 'app', code_verifier: verifier, ...changes })}

< HTTP/1.1 200 OK

{"access_token":"\${secret at_ one}","token_type":"Bearer"}
`
const blind = (leg: string) => ({ outcome: 'blind', leg, findings: [] })
const theRequest = blind('the authorization request')

describe('authorization/request-malformed', () => {
  test.each([
    ['client-id-missing', authorize({ client_id: '' })],
    ['duplicate', authorize({}, '', '&scope=a&scope=b')],
    ['response-type', authorize({ response_type: 'code id_token token' }) + ''],
    [
      'endpoint-query-dropped',
      metadata('', 'https://as.example/authorize?p=sign-in') + authorize(),
    ],
    ['par-required', metadata(',"require_pushed_authorization_requests":true') + authorize()],
  ])('finds %s', (variant, http) => {
    const offered = metadata(',"response_types_supported":["code"]')
    const known = http.includes('.well-known') ? http : offered + http
    expect(run(request, known).findings).toMatchObject([
      { variant, severity: 'error', fault: 'client' },
    ])
  })

  test('is none where the query of the endpoint is kept', () => {
    const http =
      metadata('', 'https://as.example/authorize?p=sign-in') + authorize({ p: 'sign-in' })
    expect(run(request, http).outcome).toBe('pass')
  })

  test('cannot be told of a request object', () => {
    expect(run(request, hidden)).toMatchObject(theRequest)
  })
})

describe('authorization/response-malformed', () => {
  const { state: sent } = usual
  test.each([
    ['wrong-target', redirected(`https://other.example/cb?code=c1&state=${sent}`)],
    ['fragment', redirected(`${back}#code=c1&state=${sent}`)],
    ['token-in-front-channel', redirected(`${back}#access_token=x&state=${sent}`)],
    ['token-in-front-channel', redirected(`${back}?access_token=x&code=c1&state=${sent}`)],
    ['code-and-error', redirected(`${back}?code=c1&error=invalid_request&state=${sent}`)],
    ['no-code', redirected(`${back}?state=${sent}`)],
    ['duplicate', redirected(`${back}?code=c1&code=c2&state=${sent}`)],
    ['state-missing', redirected(`${back}?code=c1`)],
    ['state-altered', redirected(`${back}?code=c1&state=${sent.slice(0, 8)}`)],
  ])('finds %s in a redirect', (variant, answer) => {
    expect(run(response, authorize({}, answer)).findings).toMatchObject([
      { variant, severity: 'error', fault: 'authorization-server' },
    ])
  })

  test.each([
    ['code-and-error', { code: 'c1', error: 'invalid_request', state: sent }],
    ['no-code', { state: sent }],
    ['state-missing', { code: 'c1' }],
    ['state-altered', { code: 'c1', state: 'another' }],
  ])('finds %s in what the browser brings', (variant, params) => {
    expect(run(response, authorize() + callback(params)).findings).toMatchObject([
      { variant, severity: 'error' },
    ])
  })

  test('says how the state was altered', () => {
    const altered = (params: Params) =>
      run(response, authorize(params) + callback({ code: 'c1', state: 'a b' })).findings[0]?.message
    expect(altered({ state: 'a+b' })).toContain('"+" became a blank')
    expect(altered({ state: 'a b and more' })).toContain('cut after 3 characters')
  })

  test('is none where the fragment was asked for, or a signed response holds it', () => {
    const fragment = redirected(`${back}#code=c1&state=${sent}`)
    expect(run(response, authorize({ response_mode: 'fragment' }, fragment)).outcome).toBe('pass')
    const signed = redirected(`${back}?response=jwt&state=${sent}`)
    expect(run(response, authorize({ response_mode: 'jwt' }, signed)).findings).toEqual([])
  })
})

describe('authorization/state-missing', () => {
  test.each([
    ['absent', authorize({ state: undefined })],
    ['constant', authorize() + authorize({ code_challenge: `${challenge.slice(1)}x` })],
    ['too-short', authorize({ state: 's1' })],
  ])('finds one that is %s', (variant, http) => {
    expect(run(state, http).findings).toMatchObject([{ variant, fault: 'client' }])
  })

  test('is refused where the server says so, and not where the page of the client does', () => {
    const request = authorize({ state: undefined })
    const shown = callback({ code: 'c1' }).replace('# handed-over\n', '').trimEnd()
    const page = `${shown}\n\n< HTTP/1.1 400 Bad Request\n\nInvalid state parameter\n`
    expect(run(state, request + page).findings).toMatchObject([{ severity: 'warning' }])
    const back = callback({ error: 'invalid_request', error_description: 'missing state' })
    expect(run(state, request + back).findings).toMatchObject([{ severity: 'error' }])
  })

  test('cannot be told of a request object, or of one that was taken out', () => {
    expect(run(state, hidden)).toMatchObject(theRequest)
    expect(run(state, authorize({ state: '‹state:86d784994e39ed61›' }))).toMatchObject(theRequest)
  })
})

describe('authorization/endpoint-error-page', () => {
  const refused = (status: string, words: string) =>
    authorize({}, `< HTTP/1.1 ${status}\n< content-type: text/html\n\n<h1>${words}</h1>`)
  test.each([
    ['redirect-uri', 'undetermined', refused('400 Bad Request', 'Redirect URI mismatch')],
    ['client-unknown', 'undetermined', refused('400 Bad Request', 'Unknown client')],
    ['not-found', 'undetermined', refused('404 Not Found', 'Not Found')],
    ['not-found', 'authorization-server', metadata() + refused('404 Not Found', 'Not Found')],
    ['server-error', 'authorization-server', refused('500 Internal Server Error', 'Oops')],
    ['server-error', 'undetermined', refused('503 Service Unavailable', 'Try later')],
    ['refused', 'undetermined', refused('400 Bad Request', 'Something is missing')],
  ])('finds %s, and names %s', (variant, fault, http) => {
    expect(run(page, http).findings).toMatchObject([{ variant, fault, severity: 'error' }])
  })
})

describe('authorization/client-accepted-invalid-response', () => {
  const promised = metadata(',"authorization_response_iss_parameter_supported":true')
  const { state: sent } = usual
  test.each([
    ['iss-missing', promised + authorize() + callback({ code: 'c1', state: sent }) + token()],
    [
      'iss-mismatch',
      promised +
        authorize() +
        callback({ code: 'c1', state: sent, iss: 'https://evil.example' }) +
        token(),
    ],
    ['state', promised + authorize() + callback({ code: 'c1', state: 'another' }) + token()],
  ])('finds %s', (variant, http) => {
    expect(run(accepted, http).findings).toMatchObject([{ variant, fault: 'client' }])
  })

  test.each([
    ['the authorization response', promised + authorize() + token()],
    ['the authorization request', promised + callback({ code: 'c1', state: sent }) + token()],
    [
      'the authorization request',
      promised + hidden + callback({ code: 'c1', state: sent }) + token(),
    ],
    ['the server metadata', authorize() + callback({ code: 'c1', state: sent }) + token()],
  ])('cannot be told without %s', (leg, http) => {
    expect(run(accepted, http)).toMatchObject(blind(leg))
  })
})

describe('what cannot be told', () => {
  const { state: sent } = usual
  test('of iss, without the metadata', () => {
    const http = authorize() + callback({ code: 'c1', state: sent, iss: 'https://as.example' })
    expect(run(iss, http)).toMatchObject(blind('the server metadata'))
  })

  test('of a forced consent, from a request object', () => {
    expect(run(consent, hidden)).toMatchObject(theRequest)
  })

  test('of a response that is not redeemed, where the browser alone is seen', () => {
    const again =
      authorize({ state: 'another-state' }) + callback({ code: 'c2', state: 'another-state' })
    const { leg, findings } = run(unredeemed, `\${opening until mcp}${again}`)
    expect({ leg, findings }).toEqual({ leg: 'the token request', findings: [] })
  })

  test('of a registered redirect URI, where the answer does not list any', () => {
    const registration = `
> POST https://as.example/register
> content-type: application/json

{}

< HTTP/1.1 201 Created

{"client_id":"app"}
`
    expect(run(unregistered, registration + authorize())).toMatchObject(blind('the registration'))
  })
})
