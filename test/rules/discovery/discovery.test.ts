/** Rules on metadata that is absent, unreadable or about something else. */
import { describe, expect, test } from 'vitest'
import asmIssuerMismatch from '../../../rules/discovery/asm-issuer-mismatch.ts'
import asmMissing from '../../../rules/discovery/asm-missing.ts'
import endpointUnreachable from '../../../rules/discovery/endpoint-unreachable.ts'
import metadataNotJson from '../../../rules/discovery/metadata-not-json.ts'
import prmMissing from '../../../rules/discovery/prm-missing.ts'
import prmResourceMismatch from '../../../rules/discovery/prm-resource-mismatch.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { runRule } from '../../../src/core/example.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { anyRule, run } from '../run.ts'

const prm = 'https://mcp.example/.well-known/oauth-protected-resource'
const asm = 'https://as.example/.well-known/oauth-authorization-server'

function get(url: string, answer: string, about = '') {
  return `\n${about}> GET ${url}\n\n${answer}\n`
}

function ok(document: unknown) {
  return `< HTTP/1.1 200 OK\n< content-type: application/json\n\n${JSON.stringify(document)}`
}

const lost = '< HTTP/1.1 404 Not Found'

function call(answer: string, version = '2025-11-25') {
  return `\n> POST https://mcp.example/mcp\n\n{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"${version}"}}\n\n${answer}\n`
}

function challenge(field: string) {
  return call(`< HTTP/1.1 401 Unauthorized\n< www-authenticate: ${field}`)
}

const accepted = `
> POST https://mcp.example/mcp
> authorization: Bearer \${secret at_ one}

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

< HTTP/1.1 200 OK
`

function resource(...servers: string[]) {
  return get(
    `${prm}/mcp`,
    ok({ resource: 'https://mcp.example/mcp', authorization_servers: servers }),
  )
}

describe('missing resource metadata', () => {
  const nowhere = get(`${prm}/mcp`, lost) + get(prm, lost)

  test.each([
    ['the root was not asked', challenge('Bearer') + get(`${prm}/mcp`, lost)],
    [
      'the URL in the challenge was not asked',
      challenge(`Bearer resource_metadata="https://x.example/prm"`) + nowhere,
    ],
    [
      'a gateway hid the challenge',
      call('< HTTP/1.1 401 Unauthorized\n< x-amzn-remapped-www-authenticate: Bearer') + nowhere,
    ],
    [
      'a page stands in its place',
      challenge('Bearer') +
        get(`${prm}/mcp`, '< HTTP/1.1 200 OK\n\n<html></html>') +
        get(prm, lost),
    ],
    [
      'the host could not be reached',
      challenge('Bearer') + get(`${prm}/mcp`, '! tcp ETIMEDOUT') + get(prm, lost),
    ],
    ['the server demands no authorization', nowhere + call('< HTTP/1.1 200 OK')],
  ])('is not proven when %s', (_, http) => {
    expect(run(prmMissing, http).outcome).toBe('silent')
  })

  test('cannot be told from probes alone', () => {
    expect(run(prmMissing, nowhere).outcome).toBe('blind')
  })

  test('is no error where the login succeeds without it, as under 2025-03-26', () => {
    const http = challenge('Bearer') + nowhere + accepted
    expect(run(prmMissing, http).findings).toMatchObject([{ severity: 'warning' }])
  })

  test('is one finding that shows every place', () => {
    const [finding, ...more] = run(prmMissing, challenge('Bearer') + nowhere).findings
    expect(more).toEqual([])
    expect(finding?.evidence.map(({ note }) => note)).toEqual([`${prm}/mcp`, prm, 'the endpoint'])
    expect(finding?.remedy).toContain(`${prm}/mcp`)
  })
})

describe('metadata of another resource', () => {
  test('may be that of a neighbour at the root when the endpoint has its own', () => {
    const neighbour = get(prm, ok({ resource: 'https://mcp.example/other' }))
    expect(
      run(prmResourceMismatch, challenge('Bearer') + resource('https://as.example') + neighbour)
        .outcome,
    ).toBe('pass')
    expect(run(prmResourceMismatch, challenge('Bearer') + neighbour).outcome).toBe('fail')
  })

  test('is not meant where server metadata stands in its place', () => {
    const document = ok({
      issuer: 'https://as.example',
      token_endpoint: 'https://as.example/token',
    })
    expect(run(prmResourceMismatch, get(`${prm}/mcp`, document)).outcome).toBe('silent')
  })

  test('that names the address of authtap itself is for another rule', () => {
    const parsed = parseTranscript(get(`${prm}/mcp`, ok({ resource: 'http://localhost:8484/mcp' })))
    const via = 'http://localhost:8484/.well-known/oauth-protected-resource/mcp'
    const exchanges: Exchange[] = parsed.map((one) => ({
      ...one,
      request: { ...one.request, via },
    }))
    const rule = anyRule(prmResourceMismatch)
    expect(runRule(rule, [rule], exchanges).outcome).toBe('silent')
    expect(runRule(rule, [rule], parsed).outcome).toBe('fail')
  })

  test('with an internal host comes with advice about the proxy in front', () => {
    const document = ok({ resource: 'http://10.0.0.5:8000/mcp' })
    expect(run(prmResourceMismatch, get(`${prm}/mcp`, document)).findings[0]?.remedy).toContain(
      'public URL',
    )
  })
})

describe('another issuer', () => {
  test('is not claimed of a document that the client looked for in the wrong place', () => {
    const http =
      resource('https://as.example/tenant') + get(asm, ok({ issuer: 'https://as.example' }))
    expect(run(asmIssuerMismatch, http).outcome).toBe('silent')
  })

  test('is no fault when one of two entries in different spellings is right', () => {
    const http =
      resource('https://as.example/', 'https://as.example') +
      get(asm, ok({ issuer: 'https://as.example' }))
    expect(run(asmIssuerMismatch, http).outcome).toBe('pass')
  })

  test('can only be seen in the URL when the resource metadata was cached', () => {
    expect(run(asmIssuerMismatch, get(asm, ok({ issuer: 'https://as.example/' }))).outcome).toBe(
      'pass',
    )
    expect(
      run(asmIssuerMismatch, get(asm, ok({ issuer: 'https://other.example' }))).findings,
    ).toMatchObject([{ variant: 'different-host', severity: 'error' }])
  })

  test.each([
    ['case', 'https://as.example', 'https://AS.example'],
    ['scheme', 'https://as.example', 'http://as.example'],
    ['missing-issuer', 'https://as.example', undefined],
  ])('is told as %s', (variant, listed, issuer) => {
    const http = resource(listed) + get(asm, ok({ issuer }))
    expect(run(asmIssuerMismatch, http).findings).toMatchObject([{ variant }])
  })

  test('of Google is known by its slash', () => {
    const http =
      resource('https://accounts.google.com/') +
      get(
        'https://accounts.google.com/.well-known/openid-configuration',
        ok({ issuer: 'https://accounts.google.com' }),
      )
    expect(run(asmIssuerMismatch, http).findings[0]?.hint).toContain('without a slash')
  })
})

describe('missing server metadata', () => {
  const openid = 'https://as.example/.well-known/openid-configuration'

  test.each([
    ['the client stopped early', resource('https://as.example') + get(asm, lost, '')],
    [
      'a page stands in its place',
      resource('https://as.example') +
        get(asm, '< HTTP/1.1 200 OK\n\n<html></html>') +
        get(openid, lost),
    ],
    [
      'the host could not be reached',
      resource('https://as.example') + get(asm, '! dns ENOTFOUND') + get(openid, lost),
    ],
    [
      'the place does not derive from an issuer',
      resource('https://as.example') +
        get('https://other.example/.well-known/oauth-authorization-server', lost),
    ],
  ])('is not proven when %s', (_, http) => {
    expect(run(asmMissing, challenge('Bearer') + http, '2025-11-25').findings).toEqual([])
  })

  test('of one of two servers is no fault when the other has its own', () => {
    const http =
      resource('https://gone.example', 'https://as.example') +
      get('https://gone.example/.well-known/oauth-authorization-server', lost) +
      get('https://gone.example/.well-known/openid-configuration', lost) +
      get(asm, ok({ issuer: 'https://as.example' }))
    expect(run(asmMissing, http).outcome).toBe('pass')
  })

  test('OpenID discovery alone is right from 2025-11-25 on', () => {
    const http =
      resource('https://as.example') +
      get(asm, lost) +
      get(openid, ok({ issuer: 'https://as.example' }))
    expect(run(asmMissing, http, '2025-11-25').outcome).toBe('pass')
    expect(run(asmMissing, http, '2025-06-18').outcome).toBe('fail')
  })

  test('is told from metadata that only the MCP server has', () => {
    const http =
      challenge('Bearer') +
      resource('https://as.example') +
      get(asm, lost) +
      get(openid, lost) +
      get(
        'https://mcp.example/.well-known/oauth-authorization-server',
        ok({ issuer: 'https://as.example' }),
      )
    expect(run(asmMissing, http).findings).toMatchObject([{ variant: 'only-on-mcp-host' }])
  })

  test('after missing resource metadata is only a warning', () => {
    const own = 'https://mcp.example/.well-known/'
    const http =
      challenge('Bearer') +
      get(`${prm}/mcp`, lost) +
      get(prm, lost) +
      get(`${own}oauth-authorization-server`, lost) +
      get(`${own}openid-configuration`, lost)
    expect(run(asmMissing, http).findings).toMatchObject([{ severity: 'warning' }])
  })
})

describe('metadata that is no JSON', () => {
  test.each([
    ['another status', get(asm, '< HTTP/1.1 404 Not Found\n\n<html></html>')],
    [
      'a body that is still arriving',
      get(asm, '< HTTP/1.1 200 OK\n\n{"issuer"', '# incomplete open\n'),
    ],
    ['HEAD', `> HEAD ${asm}\n\n< HTTP/1.1 200 OK\n< content-type: text/html`],
    ['304', get(asm, '< HTTP/1.1 304 Not Modified')],
  ])('is not judged by %s', (_, http) => {
    expect(run(metadataNotJson, http).outcome).toBe('silent')
  })

  test('cannot be judged where the capture does not hold the body', () => {
    expect(
      run(metadataNotJson, get(asm, '< HTTP/1.1 200 OK', '# response-dropped=900\n')).outcome,
    ).toBe('blind')
  })

  test.each([
    ['empty', '', 'error'],
    ['not-an-object', '[]', 'error'],
    ['malformed-json', 'issuer: https://as.example', 'error'],
    ['html-login', '<!doctype html><form><input type="password"></form>', 'error'],
    ['byte-order-mark', '\ufeff{"issuer":"https://as.example"}', 'warning'],
  ])('is told as %s', (variant, body, severity) => {
    expect(run(metadataNotJson, get(asm, `< HTTP/1.1 200 OK\n\n${body}`)).findings).toMatchObject([
      { variant, severity, fault: 'authorization-server' },
    ])
  })

  test('on the MCP server’s own origin is the MCP server’s when it lists no other', () => {
    const http =
      challenge('Bearer') +
      get(
        'https://mcp.example/.well-known/oauth-authorization-server',
        '< HTTP/1.1 200 OK\n\n<html></html>',
      )
    expect(run(metadataNotJson, http).findings).toMatchObject([{ fault: 'resource-server' }])
  })
})

describe('a host that gives no answer', () => {
  test.each([
    ['the client went away', '! client-gone ECLIENTGONE'],
    ['authtap itself gave up', '! http EBUG'],
  ])('is not blamed when %s', (_, failure) => {
    expect(run(endpointUnreachable, call(failure)).outcome).toBe('silent')
  })

  test('is not one whose stream ends', () => {
    expect(
      run(endpointUnreachable, call('< HTTP/1.1 200 OK\n\ndata: {}\n\n! http ECONNRESET')).outcome,
    ).toBe('pass')
  })

  test('is shown with the document that names it', () => {
    const document = { issuer: 'https://as.example', token_endpoint: 'https://tokens.example/t' }
    const http =
      resource('https://as.example') +
      get(asm, ok(document)) +
      '\n> POST https://tokens.example/t\n> content-type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=c1\n\n! tls CERT_HAS_EXPIRED certificate has expired\n'
    const [finding] = run(endpointUnreachable, http).findings
    expect(finding).toMatchObject({ variant: 'tls-certificate', fault: 'authorization-server' })
    expect(finding?.evidence[1]).toMatchObject({
      at: 'response.json/token_endpoint',
      text: 'https://tokens.example/t',
    })
  })
})
