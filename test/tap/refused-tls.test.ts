import { expect, test } from 'vitest'
import { Notices } from '../../src/tap/notices.ts'
import { tellRefusedTls } from '../../src/tap/refused-tls.ts'

test.each([
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'certificate-refused'],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'certificate-refused'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'certificate-refused'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls-refused'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls-refused'],
  ['ERR_SSL_HTTP_REQUEST', 'plain-http'],
  ['ECONNRESET', 'left-before-asking'],
])('a client that ends with %s is told of as %s', (code, name) => {
  const told: string[] = []
  tellRefusedTls(new Notices(({ code: one }) => told.push(one)), { code })
  expect(told).toEqual([name])
})
