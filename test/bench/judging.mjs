/** What the rules cost, without reading, redaction and output: a part of the bench, given the command line. */
import { pathToFileURL } from 'node:url'
import { work } from './child.mjs'
import { median } from './median.mjs'
import { answerBody, callBody, callHeaders } from './messages.mjs'

const load = (path) => import(new URL(path, pathToFileURL(process.argv[2])))
const { Session } = await load('core/session.js')
const { parseTranscript } = await load('core/transcript/transcript.js')
const { rules } = await (await load('rules.js')).loadRules([])

const login = parseTranscript('${opening until mcp}')
const authorization = new Map(login.at(-1).request.headers).get('authorization')
const headers = Object.entries({ ...callHeaders, authorization })
const began = login.at(-1).startedAt + 1000
const bytes = (text) => ({ bytes: Buffer.from(text), dropped: 0 })

/** A call of 2 kB each way; one whose answer is an error is not ordinary, so every rule looks at it. */
function call(n, isError) {
  const startedAt = began + n * 20
  const error = JSON.stringify({ jsonrpc: '2.0', id: n, error: { code: -32000, message: 'no' } })
  return {
    ...{ id: `call-${n}`, source: 'har', connection: '1', client: 'bench', touched: [] },
    ...{ startedAt, endedAt: startedAt + 12 },
    request: {
      ...{ method: 'POST', url: 'https://mcp.example/mcp', headers },
      body: bytes(callBody(n)),
    },
    response: {
      ...{ status: 200, statusText: 'OK', headers: [['content-type', 'application/json']] },
      ...{ body: bytes(isError ? error : answerBody(n)), complete: true },
    },
  }
}

const open = (judges) =>
  new Session({ rules: judges ? rules : [], tool: { name: 'authtap', version: '0', rules: '' } })

/** Each exchange is judged as soon as it is there, as live. */
function take(session, exchanges) {
  for (const exchange of exchanges) {
    session.ingest(exchange)
    session.judge()
  }
}

/** Processor time in microseconds: unlike the clock, it does not count what others on the machine do. */
function timed(play) {
  const from = process.cpuUsage()
  play()
  const { user, system } = process.cpuUsage(from)
  return user + system
}

/** What comes first compiles the code for the others. */
const warm = (times) => median(times.slice(times.length / 2))

function logins(judges, count) {
  const times = []
  for (let n = 0; n < count; n += 1)
    times.push(
      timed(() => {
        const session = open(judges)
        take(session, login)
        session.settle()
      }),
    )
  return warm(times)
}

function calls(judges, count, isError) {
  const exchanges = Array.from({ length: count }, (_, n) => call(n, isError))
  const session = open(judges)
  take(session, login)
  const times = []
  for (let n = 0; n < count; n += 100)
    times.push(timed(() => take(session, exchanges.slice(n, n + 100))) / 100)
  return warm(times)
}

/** A login and calls, one in ten not ordinary; all are judged once they are all there, and reported. */
function capture(judges, entries) {
  const exchanges = Array.from({ length: entries - login.length }, (_, n) => call(n, n % 10 === 0))
  return timed(() => {
    const session = open(judges)
    for (const exchange of [...login, ...exchanges]) session.ingest(exchange)
    session.settle()
    const { verdict, outcomes } = session.report()
    if (verdict !== 'pass' || outcomes.crash > 0) throw new Error(`it is judged ${verdict}`)
  })
}

const both = (measure) => ({ judged: measure(true), bare: measure(false) })

work({
  measure: ({ entries }) => ({
    rules: rules.length,
    steps: login.length,
    login: both((judges) => logins(judges, 400)),
    ordinary: both((judges) => calls(judges, 4000, false)),
    other: both((judges) => calls(judges, 4000, true)),
    capture: both((judges) => capture(judges, entries)),
  }),
})
