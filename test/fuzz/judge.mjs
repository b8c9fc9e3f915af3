// Runs commands of the built program in this process, one after the other: starting one for each file would take longer
// than to judge it. Told by messages, answers with messages.
import process from 'node:process'
import { setTimeout } from 'node:timers'
import { contextOf } from './context.mjs'

const dist = (file) => import(new URL(`../../dist/src/${file}`, import.meta.url).href)
const [{ parseOptions }, { UserError, bugIn }, { parseFilter }] = await Promise.all(
  ['shell/arguments.js', 'errors.js', 'core/filter/filter.js'].map(dist),
)
const judging = ['judging', 'rules', 'deciding', 'watching', 'general']
const commands = {
  analyze: { file: 'analyze', groups: ['sessions', ...judging] },
  report: {
    file: 'report',
    groups: ['report', 'output', 'sessions', 'rules', 'deciding', 'general'],
  },
  redact: { file: 'report', groups: ['output', 'rules', 'deciding', 'general'] },
  diff: { file: 'diff', groups: ['diff', 'output', 'sessions', 'general'] },
  attach: { file: 'attach', groups: ['attach', ...judging] },
}

let end = () => undefined

async function runCommand(name, args) {
  const { file, groups } = commands[name]
  const run = (await dist(`commands/${file}.js`))[name]
  const ending = new Promise((resolve) => (end = () => resolve('SIGTERM')))
  return run(contextOf(ending), parseOptions(args, groups), undefined)
}

const record = {
  method: 'POST',
  status: 401,
  kind: 'challenge',
  host: 'mcp.example.com',
  path: '/mcp?session=A b',
  flow: 'w1',
  startedAt: 1_800_000_000_000,
  findings: [{ rule: 'challenge/no-metadata', severity: 'error', fault: 'resource-server' }],
  headers: [['WWW-Authenticate', 'Bearer error="invalid_token"']],
  text: '{"error":"invalid_grant"}',
  jwt: { aud: ['a', 'b'], exp: 1, realm: { roles: ['x'] }, none: null, __proto__: null },
}

function runFilter(text) {
  const filter = parseFilter(text)
  if ('error' in filter) return typeof filter.error === 'string' ? 0 : 70
  for (const one of [
    record,
    {
      ...record,
      status: undefined,
      headers: undefined,
      text: undefined,
      jwt: undefined,
      findings: [],
    },
  ])
    if (typeof filter.test(one, 1_800_000_000_000) !== 'boolean') return 70
  return 0
}

process.on('message', async (message) => {
  if (message.end === true) return end()
  const answer = await Promise.resolve()
    .then(() =>
      message.filter === undefined
        ? runCommand(message.command, message.args)
        : runFilter(message.filter),
    )
    .then(
      (code) => ({ code }),
      (error) =>
        error instanceof UserError
          ? { code: 2, sentence: error.message }
          : { code: 70, bug: `${bugIn(error)}: ${error?.stack}` },
    )
  // What was thrown behind it has come by then.
  setTimeout(() => process.send({ ...answer, memory: process.memoryUsage().rss / 1_048_576 }), 0)
})

for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error) => {
    process.send({ code: 70, bug: `${event} ${bugIn(error)}: ${error?.stack}` })
  })
process.send({ ready: true })
