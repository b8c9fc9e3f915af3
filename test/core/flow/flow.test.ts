import { describe, expect, test } from 'vitest'
import { isOwnAudience } from '../../../src/core/flow/audience.ts'
import { isUpstreamHop, parameterPlace } from '../../../src/core/kit/refusals.ts'
import { expiryOf } from '../../../src/core/step/lifetime.ts'
import { resourceMetadataPlaces, resourceMetadataSearch } from '../../../src/core/flow/search.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript, transcriptEpoch } from '../../../src/core/transcript/transcript.ts'
import { authorize, flowUpTo, flowWith, get, issuer, notFound } from '../../rules/whole-flow.ts'

/** The first flow of a transcript, settled or still under way. */
function flowOf(http: string, settled = true) {
  const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  if (settled) session.settle()
  return session.flows[0]!
}

const root = 'https://mcp.example/.well-known/oauth-protected-resource'

describe('the search for resource metadata', () => {
  const start = flowUpTo('challenge')
  const path = get(`${root}/mcp`, notFound)

  test.each([
    ['unseen', start],
    ['found', flowUpTo('resourceMetadata')],
    ['exhausted', start + path + get(root, notFound)],
    ['given-up', start + path],
  ])('is %s', (state, http) => {
    expect(resourceMetadataSearch(flowOf(http))).toBe(state)
  })

  test('is under way while the client may still ask', () => {
    expect(resourceMetadataSearch(flowOf(start + path, false))).toBe('under-way')
  })

  test('goes to the URL of the challenge, the path, the root', () => {
    const http = start.replace(`${root}/mcp`, 'https://docs.example/prm')
    expect(resourceMetadataPlaces(flowOf(http))).toEqual([
      'https://docs.example/prm',
      `${root}/mcp`,
      root,
    ])
  })
})

test('an audience is the server’s own in any spelling, and when it contains the endpoint', () => {
  const flow = flowOf(flowWith())
  for (const own of [
    'https://mcp.example/mcp',
    'https://MCP.example:443/mcp/',
    'https://mcp.example',
  ])
    expect(isOwnAudience(own, flow)).toBe(true)
  for (const other of ['https://mcp.example/mc', 'http://mcp.example/mcp', 'account'])
    expect(isOwnAudience(other, flow)).toBe(false)
})

describe('an authorization request', () => {
  const hop =
    '\n# handed-over client=browser\n> GET https://idp.example/login?response_type=code&client_id=as&state=u&redirect_uri='

  test.each([
    ['that comes back to the authorization server is its own', `${issuer}/callback`, true],
    ['that comes back to the client is the client’s', 'http://127.0.0.1:41234/callback', false],
  ])('%s', (_, back, upstream) => {
    const flow = flowOf(`${flowUpTo('authorize')}${hop}${encodeURIComponent(back)}\n`)
    expect(flow.of('authorize').map((step) => isUpstreamHop(step, flow))).toEqual([false, upstream])
  })

  test('has its parameters in the query, or in the request that was pushed before', () => {
    const pushed = `
> POST ${issuer}/par
> content-type: application/x-www-form-urlencoded

response_type=code&client_id=client-7&state=s

< HTTP/1.1 201 Created

{"request_uri":"urn:example:1","expires_in":60}

# handed-over
> GET ${issuer}/authorize?client_id=client-7&request_uri=urn%3Aexample%3A1
`
    const direct = flowOf(authorize())
    expect(parameterPlace(direct.last('authorize')!, 'resource', direct).at).toBe(
      'request.query.resource',
    )
    const indirect = flowOf(pushed)
    const place = parameterPlace(indirect.last('authorize')!, 'resource', indirect)
    expect([place.step.kind, place.at]).toEqual(['pushed-request', 'request.form.resource'])
  })
})

describe('the end of an issued token', () => {
  function issued(members: string) {
    const flow = flowOf(
      `> POST ${issuer}/token\n\ngrant_type=client_credentials\n\n< HTTP/1.1 200 OK\n\n{${members}}\n`,
    )
    const end = expiryOf(flow.last('token')!)
    return end === undefined ? undefined : (end - transcriptEpoch) / 1000
  }

  test.each([
    ['"access_token":"a","expires_in":60', 61.1],
    ['"access_token":"a","expires_in":"60"', 61.1],
    ['"access_token":"${jwt {"exp":1767268830}}","expires_in":60', 30],
    ['"access_token":"a"', undefined],
    ['"access_token":"a","expires_in":"soon"', undefined],
  ])('of {%s} is known: %s', (members, seconds) => {
    expect(issued(members)).toBe(seconds)
  })
})
