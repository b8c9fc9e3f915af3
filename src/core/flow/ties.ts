import type { Step } from '../step/step.ts'
import { bearerOf } from '../step/bearer.ts'
import { param, queryParams } from '../wire/params.ts'
import { origin } from '../wire/url.ts'

/**
 * What ties a step to one login attempt and to no other, strongest first: code, state, code challenge, pushed request,
 * device code, tokens and what they were refreshed from, and the MCP session. A client id is no tie: attempts share it.
 */
export function tiesOf(step: Step): string[] {
  const ties: string[] = []
  const add = (sort: string, value: string | undefined) => {
    if (value !== undefined && value !== '') ties.push(`${sort} ${value}`)
  }
  switch (step.kind) {
    case 'mcp':
    case 'challenge': {
      const token = step.presented?.token.value
      if (token !== undefined) add('credential', `${token} ${origin(step.url)}`)
      add('access', token)
      add('session', step.sessionId)
      break
    }
    case 'pushed-request':
      add('pushed', step.requestUri)
      add('challenge', step.codeChallenge)
      if (step.codeChallenge === undefined) add('state', step.state)
      break
    case 'authorize':
      add('code', step.answer?.code)
      add('pushed', step.requestUri)
      add('challenge', step.codeChallenge)
      // Some clients send the same state every time; the challenge tells their attempts apart.
      if (step.codeChallenge === undefined) add('state', step.state)
      break
    case 'callback':
      // Servers under test give out one code again and again; the state is the client's own.
      add('state', step.state)
      add('code', step.code)
      break
    case 'device-authorization':
      add('device', step.deviceCode)
      break
    case 'token': {
      // Parameters in the wrong place are still those of its attempt.
      const astray = queryParams(step.url)
      add('code', step.code ?? param(astray, 'code'))
      add('challenge', step.codeVerifierS256)
      add('refresh', step.refreshToken ?? param(astray, 'refresh_token'))
      add('device', step.params.find(([name]) => name === 'device_code')?.[1])
      add('access', step.accessToken?.value)
      add('issued', step.accessToken?.value)
      // An assertion that was issued in the attempt is the grant of its next step (RFC 7523 §2.1).
      add('access', step.grantAssertion?.value)
      add('refresh', step.issuedRefreshToken)
      break
    }
    case 'revocation':
    case 'introspection': {
      const token = step.token
      add('access', token)
      add('refresh', token)
      break
    }
    default:
      // A token in the wrong place is still that of its attempt; one that nobody was seen to issue may be of any.
      add('issued', bearerOf(step))
      break
  }
  return ties
}

/** What later legs of the same attempt may be known by, beyond its ties: the state that an authorization response repeats. */
export function leadsOf(step: Step): string[] {
  return (step.kind === 'authorize' || step.kind === 'pushed-request') && step.state !== undefined
    ? [...tiesOf(step), `state ${step.state}`]
    : tiesOf(step)
}
