import {
  type Authorize,
  type Flow,
  type Place,
  type PushedRequest,
  blind,
  defineRule,
  header,
  isUpstreamHop,
  member,
  objectOf,
  param,
  parameterPlace,
  queryParams,
  quoted,
  stringMember,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/request-malformed',
  title: 'The authorization request is malformed, or not sent as it has to be',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 6749 §3.1', 'RFC 6749 §4.1.1', 'OAuth 2.1 §4.1.1', 'RFC 9126 §5'],
  revisions: 'all',
  why: 'The authorization server shows the person an error page, and the client hears nothing of it.',
  remedy:
    'Add the parameters to the query that the advertised endpoint has, each once, with `response_type=code`, and send the browser there.',
  explains: [
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
    'pkce/challenge-missing',
  ],

  on: ['authorize', 'pushed-request'],

  *check(step, flow) {
    if (isUpstreamHop(step, flow)) return 'silent'
    if (step.kind === 'authorize' && step.opaque) return blind('the authorization request')
    const flaw = flawOf(step, flow)
    if (flaw === undefined) return
    const served = flow.after(step, 'callback', 'token').some(({ ok }) => ok)
    yield {
      variant: flaw.variant,
      severity: served ? 'warning' : 'error',
      message: `the authorization request ${flaw.text}`,
      evidence: [{ step, at: 'request.url' }, ...flaw.places],
    }
  },

  examples: {
    good: [
      { name: 'every parameter once', http: '${opening only authorize}' },
      {
        name: 'a program stands in for the browser',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1
          > sec-fetch-mode: cors

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:1/cb?code=c1&state=s1
`,
      },
    ],
    bad: [
      {
        name: 'two client ids',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&client_id=https%3A%2F%2Fapp.example%2Fclient.json&state=s1`,
        expect: { variant: 'duplicate', severity: 'error' },
      },
      {
        name: 'the implicit grant',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=token&client_id=app&state=s1`,
        expect: { variant: 'response-type', severity: 'error' },
      },
      {
        name: 'fetched by the script of a page',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1
          > origin: https://app.example
          > sec-fetch-mode: cors
          > sec-fetch-site: cross-site

          < HTTP/1.1 200 OK
          < content-type: text/html

          <html><title>Log in</title></html>`,
        expect: { variant: 'not-navigation', severity: 'error' },
      },
    ],
  },
})

interface Flaw {
  readonly variant: string
  readonly text: string
  readonly places: readonly { step: Authorize | PushedRequest; at: Place; note: string }[]
}

function flawOf(step: Authorize | PushedRequest, flow: Flow): Flaw | undefined {
  const pushed = step.kind === 'authorize' && step.requestUri !== undefined
  return (
    (step.kind === 'authorize' ? delivery(step, flow, pushed) : undefined) ??
    (pushed ? undefined : parameters(step, flow))
  )
}

/** How it was sent. */
function delivery(step: Authorize, flow: Flow, pushed: boolean): Flaw | undefined {
  const document = objectOf(flow.serverMetadataOf(step)?.document)
  const endpoint = stringMember(document, 'authorization_endpoint') ?? ''
  const sent = queryParams(step.url)
  const lost = queryParams(endpoint).find(([name, value]) => param(sent, name) !== value)
  if (lost !== undefined && step.exchange.request.method === 'GET')
    return {
      variant: 'endpoint-query-dropped',
      text: `lacks ${lost[0]}=${lost[1]}, which the advertised endpoint ${endpoint} has`,
      places: [],
    }
  if (!pushed && member(document, 'require_pushed_authorization_requests') === true)
    return {
      variant: 'par-required',
      text: 'is not pushed, and the metadata requires it',
      places: [{ step, at: 'request.query.request_uri', note: 'there is none' }],
    }
  if (isFetchedByPage(step))
    return {
      variant: 'not-navigation',
      text: 'is fetched by a script; a person has to be sent there',
      places: [{ step, at: 'request.header.sec-fetch-mode', note: 'must be navigate' }],
    }
  return undefined
}

/** A browser says where its page is (Fetch Metadata §2.4); a program that stands in for one, as in tests, does not. */
function isFetchedByPage({ exchange: { request } }: Authorize): boolean {
  const isPage = header(request.headers, 'sec-fetch-site') !== undefined
  return isPage && header(request.headers, 'sec-fetch-mode') === 'cors'
}

/** What it says. */
function parameters(step: Authorize | PushedRequest, flow: Flow): Flaw | undefined {
  const place = (name: string, note: string) => ({
    step,
    at: parameterPlace(step, name, flow).at,
    note,
  })
  const names = step.params.map(([name]) => name)
  const twice = names.find((name, index) => name !== 'resource' && names.indexOf(name) !== index)
  if (twice !== undefined)
    return {
      variant: 'duplicate',
      text: `has ${twice} more than once`,
      places: [place(twice, 'must stand once')],
    }
  if (step.clientId === undefined || step.clientId === '')
    return {
      variant: 'client-id-missing',
      text: 'has no client_id',
      places: [place('client_id', 'must be there')],
    }
  const type = param(step.params, 'response_type')
  const document = objectOf(flow.serverMetadata?.document)
  const offered = stringsMember(document, 'response_types_supported') ?? []
  if (type?.split(' ').includes('code') === true)
    return offered.length === 0 || offered.includes(type) || type === 'code'
      ? undefined
      : {
          variant: 'response-type',
          text: `has response_type ${quoted(type)}, and the server offers ${quoted(offered)}`,
          places: [place('response_type', 'must be code')],
        }
  return {
    variant: 'response-type',
    text: type === undefined ? 'has no response_type' : `has response_type ${quoted(type)}`,
    places: [place('response_type', 'must be code')],
  }
}
