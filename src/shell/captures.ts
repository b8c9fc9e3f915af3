import { compare, type Logins } from '../core/diff/diff.ts'
import type { Compared } from '../core/diff/words.ts'
import type { Redactor, Safe } from '../core/redact/redactor.ts'
import { Session } from '../core/session.ts'
import { loadRules } from '../rules.ts'
import { version } from '../version.ts'
import type { Exchange } from '../core/wire/exchange.ts'
import { member, stringsMember } from '../core/wire/json.ts'
import type { LabelFacts } from '../core/wire/label.ts'
import type { Finding } from '../core/verdict/report.ts'
import { UserError } from '../errors.ts'
import { heapIsFull } from './heap.ts'
import type { Capture, CaptureOutcome } from '../tap/capture/capture.ts'
import { openCapture } from '../tap/capture/open.ts'
import { recordedFindings, recordedLabels } from './recorded.ts'

/** Several files that form one session. */
export interface Captures extends Pick<
  Capture,
  'exchanges' | 'lines' | 'outcome' | 'size' | 'close'
> {
  /** MCP endpoints that recorded sessions were started for. */
  readonly targets: readonly string[]
  /** Facts about removed values and findings that rest on them, out of captures of our own. */
  readonly labels: Record<string, LabelFacts>
  readonly recorded: readonly Finding[]
}

/** Opens several files as one session. Throws UserError (ECAPTURE) when one cannot be read. */
export async function openCaptures(paths: readonly string[]): Promise<Captures> {
  const captures: Capture[] = []
  const close = async () => {
    await Promise.all(captures.map((capture) => capture.close()))
  }
  try {
    for (const [index, path] of paths.entries())
      captures.push(await openCapture(path, paths.length > 1 ? { prefix: `${index + 1}.` } : {}))
  } catch (error) {
    await close()
    throw error
  }
  const own = captures.map(({ authtap }) => authtap)
  return {
    size: captures.reduce((sum, { size }) => sum + size, 0),
    exchanges: () => withinMemory(merged(captures.map((capture) => capture.exchanges()))),
    lines: async (ids) => {
      const found = await Promise.all(captures.map((capture) => capture.lines(ids)))
      return new Map(found.flatMap((lines) => [...lines]))
    },
    outcome: () => together(captures.map((capture) => capture.outcome())),
    close,
    targets: own.flatMap((one) => stringsMember(one, 'targets') ?? []),
    labels: Object.assign({}, ...own.map((one) => recordedLabels(member(one, 'labels')))) as Record<
      string,
      LabelFacts
    >,
    recorded: own.flatMap((one) => recordedFindings(member(one, 'report'))),
  }
}

function together(outcomes: readonly CaptureOutcome[]): CaptureOutcome {
  return {
    complete: outcomes.every(({ complete }) => complete),
    problems: outcomes.flatMap(({ problems }) => problems),
  }
}

type Stream = AsyncGenerator<Exchange, void, void>

/** So often it is looked how full the memory is, in exchanges. */
const lookInterval = 100

/** What is kept of each login adds up: before it is too much, this is said. Throws UserError (EMEMORY). */
async function* withinMemory(stream: Stream): Stream {
  let count = 0
  for await (const exchange of stream) {
    count += 1
    if (count % lookInterval === 0 && heapIsFull())
      throw new UserError(
        'EMEMORY',
        `Memory is full after ${count} exchanges: the capture holds more logins than can be judged at once.`,
        'Give authtap more memory with NODE_OPTIONS=--max-old-space-size=8192 (in megabytes), or split the capture.',
      )
    yield exchange
  }
}

/** Streams that are each in the order of time as one that is; those of the same time in the order of the streams. */
async function* merged(streams: readonly Stream[]): Stream {
  if (streams.length === 1) return yield* streams[0]!
  const heads = await Promise.all(streams.map((stream) => stream.next()))
  for (;;) {
    let first: number | undefined
    for (const [index, head] of heads.entries()) {
      if (head.done === true) continue
      const best = first === undefined ? undefined : heads[first]!.value
      if (!best || head.value.startedAt < best.startedAt) first = index
    }
    if (first === undefined) return
    yield heads[first]!.value!
    heads[first] = await streams[first]!.next()
  }
}

interface Two {
  readonly a: string
  readonly b: string
}

/** Two captures side by side, each read as a session of its own. Throws UserError (ECAPTURE) when one cannot be read. */
export async function compareCaptures(
  paths: Two,
  names: Two,
  redactor: Redactor,
): Promise<Safe<Compared>> {
  const left = await read(paths.a, redactor)
  const right = await read(paths.b, redactor)
  return redactor.value({ ...names, comparison: compare(left, right) })
}

async function read(path: string, redactor: Redactor): Promise<Logins> {
  const captures = await openCaptures([path])
  try {
    const tool = { name: 'authtap', version, rules: '' } as const
    const { targets, labels, recorded } = captures
    const { rules } = await loadRules([])
    const session = new Session({ rules, tool, targets, labels, recorded })
    for await (const exchange of captures.exchanges()) {
      redactor.learn(exchange)
      session.ingest(exchange)
    }
    session.settle()
    return { flows: session.flows, report: session.report() }
  } finally {
    await captures.close()
  }
}
