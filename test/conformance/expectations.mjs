/** What cannot pass through a reverse proxy, and the words by which authtap has to say so. */
const cannotPass = {
  'auth/client-credentials-jwt': /private_key_jwt|client_assertion/,
  'auth/enterprise-managed-authorization': /assertion/,
  'auth/dpop': /DPoP/,
  'auth/dpop-nonce': /DPoP/,
  'auth/basic-cimd': /client metadata documents/,
  'auth/offline-access-scope': /client metadata documents/,
  'auth/pre-registration': /will not see the authorization response/,
}

/** A client elsewhere that does not register cannot be given our callback, and the SDK compares iss. */
const unregistered = ['auth/basic-cimd', 'auth/offline-access-scope', 'auth/pre-registration']
const elsewhere = ['auth/client-credentials-jwt', ...unregistered]

/** The ways through: as authtap comes, and with everything that a user can opt into. */
export const ways = [
  {
    name: 'through',
    options: [],
    exceptions: Object.keys(cannotPass).filter((scenario) => !unregistered.includes(scenario)),
  },
  {
    name: 'rebound',
    options: ['--dpop', 'rebind', '--also', 'idp'],
    exceptions: ['auth/client-credentials-jwt'],
  },
  {
    name: 'by names',
    options: ['elsewhere by names', '--dpop', 'rebind', '--also', 'idp'],
    exceptions: elsewhere,
  },
  {
    name: 'by paths',
    options: ['elsewhere by paths', '--dpop', 'rebind', '--also', 'idp'],
    exceptions: elsewhere,
  },
]

/** The servers of these scenarios are at fault: authtap has to say so, and whose fault it is. */
export const faulty = {
  'auth/resource-mismatch': 'resource-server',
  'auth/scope-retry-limit': 'resource-server',
  'auth/iss-supported-missing': 'authorization-server',
  'auth/iss-wrong-issuer': 'authorization-server',
  'auth/iss-unexpected': 'authorization-server',
  'auth/iss-normalized': 'authorization-server',
  'auth/metadata-issuer-mismatch': 'authorization-server',
}

/**
 * @param {string} scenario
 * @param {import('./suite.mjs').Outcome} through
 * @param {string[]} changed the differences from the direct run
 * @param {typeof ways[number]} way
 * @returns {{ mark: string, faults: string[] }} `faults`: what must not be
 */
export function judge(scenario, through, changed, way) {
  if (through.report === undefined)
    return { mark: 'NO REPORT', faults: ['authtap gave no report', ...through.told] }
  if (!way.exceptions.includes(scenario)) {
    const faults = [...changed, ...misjudged(scenario, through.report)]
    return { mark: changed.length === 0 ? '=' : 'DIFFERS', faults }
  }
  if (changed.length === 0) return { mark: 'PASSES', faults: ['was expected to differ'] }
  if (!through.told.some((line) => cannotPass[scenario].test(line)))
    return { mark: 'UNTOLD', faults: ['authtap did not tell that this cannot pass'] }
  const blamed = through.report?.firstBroken?.fault
  const faults = blamed == null ? [] : [`authtap blames ${blamed} for what it causes itself`]
  return { mark: 'differs, as told', faults }
}

/** Where the servers are healthy, nobody may be blamed; where they are not, the right one. */
function misjudged(scenario, report) {
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  const blamed = report.firstBroken?.fault
  const expected = faulty[scenario]
  if (blamed === expected) return []
  if (expected !== undefined)
    return [`authtap blames ${blamed ?? 'nobody'} in place of the ${expected}`]
  return errors.map(
    ({ rule, fault, message }) => `false alarm: ${rule} blames ${fault}: ${message}`,
  )
}
