import { fileURLToPath } from 'node:url'
import { faulty } from './expectations.mjs'
import { playScenario } from './suite.mjs'

const checker = fileURLToPath(new URL('checker.mjs', import.meta.url))

/** What is true of all servers of the suite: they send anybody's browser anywhere, as nobody's login shows. */
const ofSuite = ['trial/unknown-client-redirected']
/** These take any token before they ask for what they test. */
const takeAnyToken = [
  'auth/scope-step-up',
  'auth/scope-retry-limit',
  'auth/dpop',
  'auth/dpop-nonce',
]
/** What `authtap check` does not speak, so that it cannot log in. */
export const beyondCheck = [
  'auth/dpop',
  'auth/dpop-nonce',
  'auth/enterprise-managed-authorization',
  'auth/wif-jwt-bearer',
  // It looks as a client of today does: where there is no metadata at all, it guesses no endpoints (MCP 2025-03-26).
  'auth/2025-03-26-oauth-endpoint-fallback',
  // The resource asks for more with every call, or the server changes between two logins: check logs in once.
  'auth/scope-step-up',
  'auth/scope-retry-limit',
  'auth/authorization-server-migration',
]

/** Checks the servers of a scenario and logs in there. Gives what `authtap check` came to, and what must not be so. */
export async function checkScenario(suite, scenario) {
  const { report, client } = await playScenario(suite, scenario, undefined, checker)
  if (report === undefined) return { verdict: 'no report', faults: [client] }
  const known = [
    ...ofSuite,
    ...(takeAnyToken.includes(scenario) ? ['trial/bad-token-not-refused'] : []),
  ]
  const errors = report.findings.filter(
    ({ severity, rule }) => severity === 'error' && !known.includes(rule),
  )
  const verdict = report.flows.map(({ outcome }) => outcome).join(', ')
  const uncaused = errors.filter(({ causedBy }) => causedBy === null)
  return { verdict, faults: wrongs(scenario, verdict, uncaused) }
}

function wrongs(scenario, outcome, errors) {
  const said = errors.map(({ rule, fault, message }) => `${rule} (${fault}): ${message}`)
  const expected = faulty[scenario]
  if (expected !== undefined)
    return errors.some(({ fault }) => fault === expected)
      ? []
      : [`nobody says that it is the ${expected}`, ...said]
  return outcome === 'authorized' ? said : [`${outcome} in place of authorized`, ...said]
}
