import {
  type Flow,
  type TokenCall,
  bodyText,
  defineRule,
  edgeAnswer,
  header,
  namesEndpoint,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/endpoint-unusable',
  title: 'The token endpoint is not there, moved, or takes no such request',
  severity: ['error', 'warning'],
  fault: ['authorization-server', 'client', 'undetermined'],
  spec: ['RFC 6749 §3.2', 'OAuth 2.1 §3.2'],
  revisions: 'all',
  why: 'The code was issued and cannot be redeemed; most clients turn a redirected POST into a GET or drop its body.',
  remedy:
    'Put the final https URL of the token endpoint into `token_endpoint`, and answer POST there without redirects.',
  explains: ['flow/stalled', 'flow/step-failed', 'token/error-not-oauth', 'token/error-response'],

  on: 'token',

  *check(step, flow) {
    const { response, request } = step.exchange
    if (response === undefined) return 'silent'
    const variant = variantOf(step)
    if (variant === undefined) return step.ok ? undefined : 'silent'
    // An edge answers for itself, which other rules tell.
    if (edgeAnswer(response.headers, bodyText(response)) !== undefined) return 'silent'
    const served = flow.after(step, 'token').some(({ ok }) => ok)
    const location = header(response.headers, 'location')
    yield {
      variant,
      severity: served ? 'warning' : 'error',
      ...whose(step, variant, flow),
      message:
        variant === 'method' && request.method !== 'POST'
          ? `the token request is sent with ${request.method}, and only POST will do`
          : `the token endpoint ${step.url} answers POST with ${response.status}${location === undefined ? '' : ` to ${location}`}`,
      found:
        variant === 'method' && request.method !== 'POST'
          ? `sent with ${request.method}, not POST`
          : `POST is answered ${response.status}`,
      ...(variant === 'method' && request.method !== 'POST'
        ? { remedy: 'Send the token request with POST, its parameters in the body.' }
        : {}),
      evidence: [
        { step, at: 'request.method' },
        { step, at: 'request.url' },
        { step, at: 'response.status' },
        location !== undefined && { step, at: 'response.header.location' },
      ],
    }
  },

  examples: {
    good: [{ name: 'a token is issued', http: '${opening only token}' }],
    bad: [
      {
        name: 'the metadata names a path where nothing is',
        http: `
          \${opening until token unanswered}

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'not-found', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'it has moved',
        http: `
          \${opening until token unanswered}

          < HTTP/1.1 301 Moved Permanently
          < location: https://as.example/token/`,
        expect: { variant: 'redirect', fault: 'authorization-server' },
      },
    ],
  },
})

type Variant = 'not-found' | 'method' | 'redirect' | 'unsupported-media-type'

function variantOf({ status = 0, error, exchange }: TokenCall): Variant | undefined {
  if (exchange.request.method !== 'POST' && status >= 300) return 'method'
  // An OAuth error is the answer of a token endpoint, whatever its status.
  if (error !== undefined) return undefined
  if (status === 404 || status === 410) return 'not-found'
  if (status === 405) return 'method'
  if (status >= 300 && status < 400) return 'redirect'
  return status === 415 ? 'unsupported-media-type' : undefined
}

function whose(step: TokenCall, variant: Variant, flow: Flow) {
  if (variant === 'method' && step.exchange.request.method !== 'POST')
    return { fault: 'client' as const }
  if (variant === 'unsupported-media-type')
    return step.contentType === 'application/x-www-form-urlencoded'
      ? { fault: 'authorization-server' as const }
      : { fault: 'client' as const }
  const metadata = flow.serverMetadata
  if (metadata !== undefined && namesEndpoint(metadata, step.url))
    return { fault: 'authorization-server' as const }
  return undetermined({
    client: 'it may ask at another place than the metadata names',
    'authorization-server': 'its token endpoint may not be served',
  })
}
