import type { Step } from '../step/step.ts'
import { origin } from '../wire/url.ts'

/** What ties a step to a flow beyond doubt, strongest first. */
export function keysOf(step: Step): string[] {
  const keys: string[] = []
  const add = (sort: string, value: string | undefined) => {
    if (value !== undefined && value !== '') keys.push(`${sort} ${value}`)
  }
  switch (step.kind) {
    case 'mcp':
    case 'challenge': {
      const { connection } = step.exchange
      const credential =
        step.presented === undefined
          ? undefined
          : `${step.presented.token.value} ${origin(step.url)}`
      if (credential !== undefined && connection !== '')
        add('connection', `${connection} ${credential}`)
      add('credential', credential)
      add('session', step.sessionId)
      add('issued', step.presented?.token.value)
      break
    }
    case 'registration':
      add('client', step.clientId)
      break
    case 'pushed-request':
      add('pushed', step.requestUri)
      add('state', step.state)
      add('challenge', step.codeChallenge)
      add('client', step.clientId)
      break
    case 'authorize':
      add('pushed', step.requestUri)
      add('state', step.state)
      add('challenge', step.codeChallenge)
      add('code', step.answer?.code)
      if (step.clientId?.startsWith('https://') !== true) add('client', step.clientId)
      break
    case 'callback':
      add('state', step.state)
      add('code', step.code)
      break
    case 'device-authorization':
      add('device', step.deviceCode)
      break
    case 'token':
      add('code', step.code)
      add('challenge', step.codeVerifierS256)
      add('refresh', step.refreshToken)
      add('device', step.params.find(([name]) => name === 'device_code')?.[1])
      add('client', step.clientId?.startsWith('https://') === true ? undefined : step.clientId)
      add('issued', step.accessToken?.value)
      add('refresh', step.issuedRefreshToken)
      break
    default:
      break
  }
  return keys
}
