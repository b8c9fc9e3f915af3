/** The verdict on what was recorded from real programs. */
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Report } from '../src/core/verdict/report.ts'
import { run } from './command.ts'

const folder = fileURLToPath(new URL('captures', import.meta.url))
const captures = readdirSync(folder).filter((name) => /\.(har|txt)$/.test(name))

/** Notes that are true of a healthy capture, and why. Errors and warnings are never among them. */
const trueNotes: Readonly<Record<string, string>> = {
  'challenge/error-code-misuse':
    'the SDK middleware sends an error code to requests without credentials',
  'discovery/prm-resource-not-identical':
    'one server describes its origin in place of the endpoint',
  'refresh/offline-access-misplaced':
    'a server lists offline_access, and 2026-07-28 advises against it',
  'discovery/prm-missing': 'a server of 2025-03-26 has no such document',
  'registration/response-invalid': 'some servers answer 200, or let a secret be cached',
  'authorization/iss-invalid': 'oidc-provider sends iss, and not every library advertises it',
}

describe.each(captures)('%s, recorded from real programs', (name) => {
  test('is a healthy flow: no error, no warning, and only notes that are known to be true', async () => {
    const { stdout } = await run(['analyze', `${folder}/${name}`, '--format', 'json'])
    const report = JSON.parse(stdout) as Report
    expect(
      report.findings
        .filter(({ severity }) => severity !== 'info')
        .map(({ rule, message }) => `${rule}: ${message}`),
    ).toEqual([])
    expect(
      report.findings.map(({ rule }) => rule).filter((rule) => !Object.hasOwn(trueNotes, rule)),
    ).toEqual([])
    expect(report.verdict).toBe('pass')
    const logins = report.flows.filter(({ outcome }) => outcome !== 'looked')
    expect(logins.map(({ outcome }) => outcome)).toEqual(logins.map(() => 'authorized'))
  })

  test('holds no token-like string', () => {
    expect(readFileSync(`${folder}/${name}`, 'utf8')).not.toMatch(/eyJ[\w-]{20,}\.[\w-]{20,}/)
  })
})
