/** A healthy login with DPoP, and how keys are compared. */
import { expect, test } from 'vitest'
import { keyOf } from '../../../src/core/kit.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { readToken } from '../../../src/core/wire/jwt.ts'
import { loadRules } from '../../../src/rules.ts'
import { login } from './proofs.ts'

test('a healthy login with DPoP gives no error and no warning', async () => {
  const { rules } = await loadRules()
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(login)) session.ingest(exchange)
  session.settle()
  const { findings, verdict } = session.report()
  const alarms = findings.filter(({ severity }) => severity !== 'info')
  expect(alarms.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  expect(verdict).toBe('pass')
})

test('a key has the thumbprint of RFC 7638 §3.1', () => {
  const n = [
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3okn',
    'jhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6q',
    'MQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awap',
    'JzKnqDKgw',
  ].join('')
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', jwk: { kty: 'RSA', n, e: 'AQAB' } }))
  const token = readToken(`${header.toString('base64url')}.e30.x`)
  expect(keyOf(token)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
})
