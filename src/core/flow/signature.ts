import type { Token } from '../wire/jwt.ts'
import type { Signature } from '../wire/signature.ts'
import type { Flow } from './flow.ts'

/** What came of checking the signature of a token: that is told once, where the token is seen first. */
export function signatureOf(token: Token, flow: Flow): Signature | undefined {
  const shown = [
    token,
    ...flow
      .of('token')
      .flatMap(({ accessToken, clientAssertion, grantAssertion }) => [
        accessToken,
        clientAssertion,
        grantAssertion,
      ]),
    ...flow.mcpCalls.map(({ presented }) => presented?.token),
  ]
  return shown.find((one) => one?.value === token.value && one.signature !== undefined)?.signature
}
