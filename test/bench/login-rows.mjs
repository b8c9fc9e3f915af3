/** What logins cost in a long session: time, and memory that stays. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { keep } from './processes.mjs'

const file = fileURLToPath(new URL('logins.mjs', import.meta.url))

export async function loginRows({ cli, logins }) {
  const child = keep(
    spawn(process.execPath, ['--expose-gc', file, cli, String(logins)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  )
  let text = ''
  child.stdout.on('data', (data) => (text += data))
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`logins.mjs ended with ${code}`)
  const { early, late, kilobytes } = JSON.parse(text)
  return [
    {
      what: `processor time of a login: around login ${logins} against around login 100`,
      measured: `${late.toFixed(1)} against ${early.toFixed(1)} ms`,
      ratio: late / early,
      atMost: 1.2,
    },
    {
      what: '… memory that stays of each',
      measured: `${kilobytes.toFixed(0)} kB`,
      value: kilobytes,
      atMost: 10,
      unit: ' kB',
    },
  ]
}
