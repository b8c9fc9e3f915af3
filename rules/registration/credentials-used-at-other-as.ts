import {
  type Flow,
  type Registration,
  type ServerMetadata,
  defineRule,
  isDocumentId,
  isUpstreamHop,
  namesEndpoint,
  parameterPlace,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/credentials-used-at-other-as',
  title: 'A client id of one authorization server is presented to another',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['MCP 2026-07-28 Authorization Server Binding', 'RFC 6749 §2.2'],
  revisions: 'all; from 2026-07-28 by name',
  seed: ['R-2'],
  why: 'A client id is unique to the server that issued it: another one does not know it, or takes the client for somebody else.',
  remedy:
    'Keep client ids and secrets by issuer, and register anew when the resource metadata names another authorization server.',
  explains: [
    'registration/client-unknown-to-as',
    'authorization/error-response',
    'registration/client-id-mismatch',
    'token/client-auth-mismatch',
    'token/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    if (step.clientId === undefined || isDocumentId(step.clientId)) return 'silent'
    if (step.kind !== 'token' && isUpstreamHop(step, flow)) return 'silent'
    const registration = flow.registrationOf(step.clientId)
    if (registration === undefined) return 'silent'
    const known = documents(flow)
    const there = known.findLast((metadata) => namesEndpoint(metadata, step.url))
    const here = known.findLast((metadata) => namesEndpoint(metadata, registration.url))
    if (there?.issuer === undefined || here?.issuer === undefined) return
    // One server may show itself under several addresses, and one document may name endpoints of several hosts.
    if (
      there.issuer === here.issuer ||
      namesEndpoint(there, registration.url) ||
      namesEndpoint(here, step.url)
    )
      return
    if (isRegisteredAt(there, step.clientId, flow)) return
    const served = step.kind === 'token' ? step.ok : flow.after(step, 'token').some(({ ok }) => ok)
    yield {
      variant: flow.of('registration').includes(registration) ? 'after-as-change' : 'cross-server',
      severity: !served && step.status !== undefined && step.status >= 400 ? 'error' : 'warning',
      message: `the client presents ${quoted(step.clientId)}, which ${here.issuer} issued, to ${there.issuer}`,
      evidence: [
        { step: registration, at: 'response.json/client_id', note: `issued by ${here.issuer}` },
        { ...parameterPlace(step, 'client_id', flow), note: `presented to ${there.issuer}` },
        step.status !== undefined && { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [{ name: 'registered where it logs in', http: '${opening until token}' }],
    bad: [
      {
        name: 'the resource moved to another server, and the client kept its id',
        http: `
          > GET https://one.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://one.example","registration_endpoint":"https://one.example/register","authorization_endpoint":"https://one.example/authorize","token_endpoint":"https://one.example/token"}

          > POST https://one.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"c-123","redirect_uris":["http://127.0.0.1:5000/cb"]}

          > GET https://two.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://two.example","registration_endpoint":"https://two.example/register","authorization_endpoint":"https://two.example/authorize","token_endpoint":"https://two.example/token"}

          > GET https://two.example/authorize?response_type=code&client_id=c-123&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1

          < HTTP/1.1 400 Bad Request
          < content-type: text/html

          <h1>Unknown client</h1>`,
        expect: { variant: 'after-as-change', severity: 'error' },
      },
    ],
  },
})

/** Server metadata of this attempt and of those before it. */
function documents(flow: Flow): ServerMetadata[] {
  const own = flow.of('server-metadata').filter(({ ok }) => ok)
  const earlier = flow.follows?.of('server-metadata').filter(({ ok }) => ok) ?? []
  const known = flow.serverMetadata
  return [...earlier, ...(known === undefined ? [] : [known]), ...own]
}

/** Two servers may issue the same id, when it is a short one. */
function isRegisteredAt(metadata: ServerMetadata, clientId: string, flow: Flow): boolean {
  const isThere = (step: Registration) =>
    step.clientId === clientId && namesEndpoint(metadata, step.url)
  return [flow, ...(flow.follows === undefined ? [] : [flow.follows])].some((one) =>
    one.of('registration').some(isThere),
  )
}
