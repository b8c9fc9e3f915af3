import { describe, expect, test } from 'vitest'
import { Classifier } from '../../../src/core/step/classify.ts'
import { said } from '../../../src/core/step/refusal.ts'
import type { Step } from '../../../src/core/step/step.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { quote } from '../../../src/core/verdict/quote.ts'

/** The last step of a transcript. */
function stepOf(http: string): Step {
  const classifier = new Classifier(['https://mcp.example/mcp'], () => undefined)
  const steps = parseTranscript(http).map((exchange, order) => classifier.classify(exchange, order))
  return steps.at(-1)!
}

const call = `
> POST https://mcp.example/mcp
> authorization: Bearer \${secret at_}

{"jsonrpc":"2.0","id":1,"method":"tools/list"}
`
const tokenRequest = `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c1&client_id=app
`
const authorize =
  'https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1'
const json = 'content-type: application/json'

/** Name, request, answer, what it means, the place, and what stands there. */
const shapes: readonly (readonly [string, string, string, string, string, string])[] = [
  [
    'a challenge',
    call,
    '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Basic realm="x"\n< www-authenticate: Bearer error="invalid_token", error_description="The audience \'x\' is invalid"',
    'audience',
    'response.header.www-authenticate[1]',
    'Bearer error="invalid_token", error_description="The audience \'x\' is invalid"',
  ],
  [
    'an OAuth error',
    tokenRequest,
    `< HTTP/1.1 400 Bad Request\n< ${json}\n\n{"error":"invalid_grant","error_description":"Code not valid"}`,
    'code',
    'response.json/error_description',
    'Code not valid',
  ],
  [
    'an OAuth error with status 200',
    tokenRequest,
    `< HTTP/1.1 200 OK\n< ${json}\n\n{"error":"bad_verification_code"}`,
    'code',
    'response.json/error',
    'bad_verification_code',
  ],
  [
    'a form in place of JSON',
    tokenRequest,
    '< HTTP/1.1 200 OK\n< content-type: application/x-www-form-urlencoded\n\nerror=incorrect_client_credentials&error_description=The+client_secret+is+wrong',
    'secret',
    'response.form.error',
    'incorrect_client_credentials',
  ],
  [
    'codes of Entra',
    tokenRequest,
    `< HTTP/1.1 400 Bad Request\n< ${json}\n\n{"error":"invalid_grant","error_codes":[54005]}`,
    'code',
    'response.json/error_codes/0',
    '54005',
  ],
  [
    'a link of Entra',
    tokenRequest,
    `< HTTP/1.1 400 Bad Request\n< ${json}\n\n{"error":"invalid_client","error_uri":"https://login.microsoftonline.com/error?code=700016"}`,
    'client-unknown',
    'response.json/error_uri',
    'https://login.microsoftonline.com/error?code=700016',
  ],
  [
    'problem+json',
    call,
    '< HTTP/1.1 403 Forbidden\n< content-type: application/problem+json\n\n{"type":"about:blank","title":"Forbidden","detail":"The issuer is not trusted"}',
    'issuer',
    'response.json/detail',
    'The issuer is not trusted',
  ],
  [
    'a list of errors',
    call,
    `< HTTP/1.1 401 Unauthorized\n< ${json}\n\n{"errors":[{"message":"signature verification failed"}]}`,
    'signature',
    'response.json/errors/0/message',
    'signature verification failed',
  ],
  [
    'an error in an error',
    call,
    `< HTTP/1.1 401 Unauthorized\n< ${json}\n\n{"error":{"type":"x","message":"jwt expired"}}`,
    'expired',
    'response.json/error/message',
    'jwt expired',
  ],
  [
    'text',
    call,
    '< HTTP/1.1 401 Unauthorized\n< content-type: text/plain\n\nSession not found',
    'session',
    'response.body',
    'Session not found',
  ],
  [
    'fields of a vendor',
    call,
    '< HTTP/1.1 403 Forbidden\n< x-amzn-ErrorType: ExpiredTokenException',
    'expired',
    'response.header.x-amzn-errortype',
    'ExpiredTokenException',
  ],
  [
    'a challenge that was renamed',
    call,
    '< HTTP/1.1 401 Unauthorized\n< x-amzn-remapped-www-authenticate: Bearer error="invalid_token", error_description="token has expired"',
    'expired',
    'response.header.x-amzn-remapped-www-authenticate[0]',
    'Bearer error="invalid_token", error_description="token has expired"',
  ],
  [
    'a status that says all',
    call,
    '< HTTP/1.1 429 Too Many Requests',
    'rate',
    'response.status',
    '429 Too Many Requests',
  ],
  [
    'a JSON-RPC error',
    call,
    `< HTTP/1.1 200 OK\n< ${json}\n\n{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no","data":{"message":"Missing Authorization header"}}}`,
    'credential-missing',
    'response.json/error/data/message',
    'Missing Authorization header',
  ],
  [
    'a tool error',
    call,
    `< HTTP/1.1 200 OK\n< ${json}\n\n{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"Token expired"}]}}`,
    'expired',
    'response.json/result/content/0/text',
    'Token expired',
  ],
  [
    'a challenge in a tool error',
    call,
    `< HTTP/1.1 200 OK\n< ${json}\n\n{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[],"_meta":{"mcp/www_authenticate":["Bearer error=\\"insufficient_scope\\""]}}}`,
    'scope',
    'response.json/result/_meta/mcp~1www_authenticate/0',
    'Bearer error="insufficient_scope"',
  ],
  [
    'an error in an event stream',
    call,
    '< HTTP/1.1 200 OK\n< content-type: text/event-stream\n\nevent: message\ndata: {"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Invalid token"}}',
    'credential-refused',
    'response.body',
    'event: message\ndata: {"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Invalid token"}}',
  ],
  [
    'a redirect to the client',
    `> GET ${authorize}\n`,
    '< HTTP/1.1 302 Found\n< location: http://127.0.0.1:1/cb?error=invalid_request&error_description=PKCE+is+required&state=s1',
    'pkce',
    'response.query.error_description',
    'PKCE is required',
  ],
  [
    'a page of an authorization endpoint, its paragraphs too',
    `> GET ${authorize}\n`,
    '< HTTP/1.1 400 Bad Request\n< content-type: text/html\n\n<html><title>Sign in</title><h1>We are sorry...</h1><p>Invalid parameter: redirect_uri</p></html>',
    'redirect-uri',
    'response.body',
    '<html><title>Sign in</title><h1>We are sorry...</h1><p>Invalid parameter: redirect_uri</p></html>',
  ],
  [
    'a page that says no with status 200',
    `> GET ${authorize}\n`,
    '< HTTP/1.1 200 OK\n< content-type: text/html\n\n<html><title>Error: client not found</title></html>',
    'client-unknown',
    'response.body',
    '<html><title>Error: client not found</title></html>',
  ],
  [
    'a number of Entra in the script of its page',
    `> GET ${authorize}\n`,
    '< HTTP/1.1 200 OK\n< content-type: text/html\n\n<html><title>Sign in</title><script>$Config={"t":"AADSTS50011: x"}</script></html>',
    'redirect-uri',
    'response.body',
    '<html><title>Sign in</title><script>$Config={"t":"AADSTS50011: x"}</script></html>',
  ],
  [
    'a refused registration',
    `> POST https://as.example/register\n> ${json}\n\n{"redirect_uris":["http://127.0.0.1:1/cb"]}\n`,
    `< HTTP/1.1 400 Bad Request\n< ${json}\n\n{"error":"invalid_redirect_uri"}`,
    'redirect-uri',
    'response.json/error',
    'invalid_redirect_uri',
  ],
  [
    'a refused revocation',
    '> POST https://as.example/revoke\n> content-type: application/x-www-form-urlencoded\n\ntoken=t1\n',
    `< HTTP/1.1 401 Unauthorized\n< ${json}\n\n{"error":"invalid_client","error_description":"Client not found"}`,
    'client-unknown',
    'response.json/error_description',
    'Client not found',
  ],
  [
    'metadata that is not to be had',
    '> GET https://mcp.example/.well-known/oauth-protected-resource/mcp\n',
    `< HTTP/1.1 401 Unauthorized\n< ${json}\n\n{"message":"Missing Authentication Token"}`,
    'credential-missing',
    'response.json/message',
    'Missing Authentication Token',
  ],
]

describe('what a step was refused with', () => {
  test.each(shapes)('is read from %s', (_, request, answer, meaning, at, text) => {
    const step = stepOf(`${request}\n${answer}`)
    const found = step.refusal?.says.find((one) => one.meaning === meaning)
    expect(found?.at).toBe(at)
    expect(quote(step, found!.at)).toBe(text)
    expect(said(step, found!.meaning)).toBe(found)
  })

  test('is read from the authorization response that a browser brings', () => {
    const step = stepOf(
      `# handed-over\n> GET ${authorize}\n\n# handed-over\n> GET http://127.0.0.1:1/cb?error=access_denied&error_description=Admin+consent+required&state=s1`,
    )
    expect(said(step, 'consent')?.at).toBe('request.query.error_description')
    expect(step.refusal).toMatchObject({ code: 'access_denied', text: 'Admin consent required' })
  })

  const silent: readonly (readonly [string, string])[] = [
    [
      'a success',
      `${call}\n< HTTP/1.1 200 OK\n< ${json}\n\n{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Token expired"}]}}`,
    ],
    [
      'a login page',
      `> GET ${authorize}\n\n< HTTP/1.1 200 OK\n< content-type: text/html\n\n<html><title>Sign in</title><p>Admin consent required? Token expired?</p></html>`,
    ],
    [
      'the script of a page',
      `${call}\n< HTTP/1.1 404 Not Found\n< content-type: text/html\n\n<html><title>Not Found</title><script>if (error === 'token expired') login()</script></html>`,
    ],
    [
      'data beside an error',
      `${call}\n< HTTP/1.1 404 Not Found\n< ${json}\n\n{"message":"No such tool","user":{"note":"token expired","session":"expired"}}`,
    ],
    ['an answer that is still to come', call],
  ]
  test.each(silent)('is not %s', (_, http) => {
    expect(stepOf(http).refusal?.says ?? []).toEqual([])
  })
})
