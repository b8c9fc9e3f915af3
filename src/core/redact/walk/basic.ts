import { parseForm } from '../../wire/params.ts'

export interface BasicCredentials {
  readonly user: string
  readonly password: string
  /** Before form-decoding: not every client encodes what it sends. */
  readonly rawPassword: string
}

/** The two halves of Basic credentials, each form-decoded (RFC 7617 §2, RFC 6749 §2.3.1); undefined when they are none. */
export function basicCredentials(credential: string): BasicCredentials | undefined {
  if (!/^[A-Za-z0-9+/_-]{3,}={0,2}$/.test(credential)) return undefined
  const text = Buffer.from(credential, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0 || /[\0-\x08\ufffd]/.test(text)) return undefined
  const rawPassword = text.slice(colon + 1)
  return {
    user: formDecoded(text.slice(0, colon)),
    password: formDecoded(rawPassword),
    rawPassword,
  }
}

function formDecoded(text: string): string {
  return parseForm(`v=${text.replaceAll('&', '%26')}`)[0]?.[1] ?? ''
}
