/** How often each check came to each status: what two runs of a scenario must agree in. */
function tally(checks) {
  const counts = new Map()
  for (const { id, status } of checks) {
    const key = `${id} ${status}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/**
 * The checks in which two runs differ, as `id STATUS 3→2`; empty when the suite saw the same client twice.
 * @returns {string[]}
 */
export function differences(direct, through) {
  const [before, after] = [tally(direct.checks), tally(through.checks)]
  const keys = [...new Set([...before.keys(), ...after.keys()])]
  const changed = keys
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key} ${before.get(key) ?? 0}→${after.get(key) ?? 0}`)
  if (direct.passed !== through.passed)
    changed.push(`verdict ${verdict(direct)}→${verdict(through)}`)
  return changed
}

export function verdict({ passed, checks }) {
  const count = (status) => checks.filter((check) => check.status === status).length
  const decided = count('SUCCESS') + count('FAILURE')
  return `${passed ? 'pass' : 'FAIL'} ${count('SUCCESS')}/${decided}`
}
