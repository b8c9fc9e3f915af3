/** What it costs to judge with all rules, against the same fold without any. */
import { startPart } from './processes.mjs'

export async function judgingRows({ cli, entries = 10_000 }) {
  const part = await startPart('judging.mjs', cli)
  const measured = await part.do('measure', { entries })
  await part.end()
  const row = (what, { judged, bare }, more) => ({
    what,
    measured: `${shown(judged)} (no rules: ${shown(bare)})`,
    ratio: judged / bare,
    ...more,
  })
  const { login, ordinary, other, capture, rules, steps } = measured
  return [
    row(`judging with ${rules} rules: a login of ${steps} exchanges`, login),
    row('… an ordinary call', ordinary),
    row('… a call that is answered with an error', other),
    row(`… a capture of ${entries} entries, already read`, capture, {
      ...{ value: capture.judged / 1e6, atMost: 1, unit: ' s' },
    }),
  ]
}

function shown(microseconds) {
  if (microseconds < 1000) return `${microseconds.toFixed(1)} µs`
  return microseconds < 1e6
    ? `${(microseconds / 1000).toFixed(1)} ms`
    : `${(microseconds / 1e6).toFixed(2)} s`
}
