import {
  type Flow,
  type Pointer,
  type Step,
  type TokenCall,
  attemptOf,
  defineRule,
  expiryOf,
  listedScopes,
  objectOf,
  parameterPlace,
  scopesOf,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'refresh/none-issued',
  title: 'No refresh token was issued, so people log in again at every expiry',
  severity: ['info', 'warning'],
  fault: ['authorization-server', 'client'],
  spec: ['MCP 2026-07-28 Refresh Tokens', 'RFC 6749 §1.5', 'OIDC Core §11'],
  revisions: 'all',
  why: 'When the access token ends, the client has nothing to renew it with, and sends the person to the login page.',
  remedy: 'Issue refresh tokens to this client, or access tokens that live longer.',
  explains: ['flow/reauth-loop', 'flow/stalled'],

  on: ['challenge', 'token'],

  *check(step, flow) {
    const ended = step.kind === 'challenge' ? flow.issuedBy(step.presented) : beforeIt(step, flow)
    if (ended === undefined) return 'silent'
    if (ended.grantType !== 'authorization_code') return 'silent'
    if (step.kind === 'token' && isRefused(ended, flow)) return 'silent'
    if (
      attemptOf(ended, flow)
        .of('token')
        .some((call) => call.issuedRefreshToken !== undefined)
    )
      return
    const end = expiryOf(ended)
    const now = step.kind === 'challenge' ? step : (flow.authorizationOf(step)?.step ?? step)
    if (end === undefined || end > now.exchange.startedAt) return
    if (step.kind === 'challenge' && step.status !== 401) return
    const seconds = Math.round((end - ended.exchange.startedAt) / 1000)
    const { variant, fault, text, remedy, places } = reasonOf(ended, attemptOf(ended, flow))
    yield {
      variant,
      fault,
      // To issue none is the server's right (RFC 6749 §1.5), but not what its metadata says then.
      severity: costly.includes(variant) && isAtWork(seconds, end, now) ? 'warning' : 'info',
      message: `the token lived ${seconds} s and came without a refresh token; ${text}`,
      remedy,
      evidence: [
        { step: ended, at: 'response.json/refresh_token', note: 'there is none' },
        { step: ended, at: 'response.json/expires_in' },
        ...places,
        {
          step,
          at: step.kind === 'challenge' ? 'response.status' : 'request.form.grant_type',
          note: step.kind === 'challenge' ? 'after it ended' : 'a new login',
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'one is issued',
        http: `
          \${opening until mcp}
${expired()}`,
      },
    ],
    bad: [
      {
        name: 'offline_access is offered and not asked for',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","scopes_supported":["mcp","offline_access"]}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","expires_in":3600}
${expired()}`,
        expect: { variant: 'offline-access-not-requested', severity: 'warning', fault: 'client' },
      },
      {
        name: 'nobody forbade it',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","expires_in":3600}
${expired()}`,
        expect: { variant: 'policy', severity: 'info', fault: 'authorization-server' },
      },
    ],
  },
})

const hour = 3600

/** Somebody was still at work when a token of an hour at most ended; who comes back the next day has to log in anyway. */
function isAtWork(seconds: number, end: number, { exchange }: Step): boolean {
  return seconds <= hour && exchange.startedAt - end <= hour * 1000
}

/** Forgotten by one of the two: it costs people a login an hour. */
const costly = ['offline-access-not-requested', 'advertised']

/** The token is refused after it has ended. */
function expired(): string {
  return `
          # at 13:10:00
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":2,"method":"tools/list"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`
}

/** The token of the login before this one. */
function beforeIt(step: TokenCall, flow: Flow): TokenCall | undefined {
  if (step.grantType !== 'authorization_code') return undefined
  const own = flow.before(step, 'token').findLast(({ ok }) => ok)
  return own ?? flow.follows?.of('token').findLast(({ ok }) => ok)
}

/** It was found at the refusal already, which told the login before this one that its token had ended. */
function isRefused(ended: TokenCall, flow: Flow): boolean {
  const { follows } = flow
  return (
    follows?.of('challenge').some((call) => follows.issuedBy(call.presented) === ended) === true
  )
}

interface Reason {
  readonly variant: string
  readonly fault: 'authorization-server' | 'client'
  readonly text: string
  readonly remedy: string
  readonly places: readonly Pointer[]
}

/** Why there may be none, as far as the documents tell. */
function reasonOf(token: TokenCall, flow: Flow): Reason {
  const metadata = flow.serverMetadata
  const request = flow.authorizationOf(token)?.step ?? token
  const asked = scopesOf(token.scope ?? request.scope)
  if (
    metadata &&
    listedScopes(metadata)?.includes('offline_access') &&
    !asked.includes('offline_access')
  )
    return {
      variant: 'offline-access-not-requested',
      fault: 'client',
      text: 'the server offers offline_access, and the client did not ask for it',
      remedy: 'Ask for offline_access where the authorization server lists it.',
      places: [
        { step: metadata, at: 'response.json/scopes_supported', note: 'offers it' },
        { ...parameterPlace(request, 'scope', flow), note: 'does not ask for it' },
      ],
    }
  const registration = flow.registrationOf(token.clientId)
  const declared = registration && (stringsMember(objectOf(registration.sent), 'grant_types') ?? [])
  if (registration && declared?.includes('refresh_token') === false)
    return {
      variant: 'grant-not-declared',
      fault: 'client',
      text: 'the client did not register for the refresh_token grant',
      remedy: 'Register with `grant_types` authorization_code and refresh_token.',
      places: [{ step: registration, at: 'request.json/grant_types', note: 'lacks refresh_token' }],
    }
  const grants = metadata && stringsMember(objectOf(metadata.document), 'grant_types_supported')
  if (metadata && grants?.includes('refresh_token') === false)
    return {
      variant: 'not-supported',
      fault: 'authorization-server',
      text: 'the server does not list the refresh_token grant',
      remedy: 'Enable refresh tokens and list the grant, or let access tokens live longer.',
      places: [{ step: metadata, at: 'response.json/grant_types_supported' }],
    }
  // The server may have registered less than it was asked to (RFC 7591 §3.2.1).
  const given = registration && stringsMember(objectOf(registration.received), 'grant_types')
  const holds = given?.includes('refresh_token') !== false
  if (metadata && registration && declared && holds && grants?.includes('refresh_token'))
    return {
      variant: 'advertised',
      fault: 'authorization-server',
      text: 'the server lists the refresh_token grant, and the client registered for it',
      remedy: 'Issue refresh tokens to clients that register for the refresh_token grant.',
      places: [
        { step: metadata, at: 'response.json/grant_types_supported', note: 'lists refresh_token' },
        { step: registration, at: 'request.json/grant_types', note: 'names refresh_token' },
      ],
    }
  return {
    variant: 'policy',
    fault: 'authorization-server',
    text: 'nothing in sight says why',
    remedy: 'Issue refresh tokens to this client, or access tokens that live longer.',
    places: [],
  }
}
