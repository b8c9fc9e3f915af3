import type { Notices } from './notices.ts'

/** Says why a client that speaks TLS ended before its first request, as far as it lets that be known. */
export function tellRefusedTls(notices: Notices, { code = '' }: { readonly code?: string }): void {
  if (code === 'ERR_SSL_HTTP_REQUEST')
    return notices.tell(
      'warning',
      'plain-http',
      'a client speaks plain http to a port on which authtap speaks https: give it the https URL',
    )
  if (/ALERT.*(?:CERT|UNKNOWN_CA)/.test(code))
    return notices.tell(
      'warning',
      'certificate-refused',
      `a client does not trust the certificate that authtap shows (${code}): have it trust the authority that issued it`,
    )
  if (/ALERT/.test(code))
    return notices.tell(
      'warning',
      'tls-refused',
      `a client gave up while TLS was agreed on (${code}): see which versions and ciphers of TLS it asks for`,
    )
  // Programs made with Node say nothing of it; browsers open connections that they may never use.
  notices.tell(
    'info',
    'left-before-asking',
    'a client opened a connection with TLS and left without a request: if it complains about a certificate, have it trust the authority that issued the one of authtap',
  )
}
