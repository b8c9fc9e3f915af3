import { spawn } from 'node:child_process'
import { createReadStream, rmSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isThrough, type RunEnd, type SeenStep } from '../core/intercept/reaction.ts'
import { isObject, member, objectMember, parseJson, stringMember } from '../core/wire/json.ts'
import type { Report } from '../core/verdict/report.ts'
import type { StepKind } from '../core/step/step.ts'

const program = fileURLToPath(new URL('../cli.js', import.meta.url))
const robot = fileURLToPath(new URL('robot-browser.js', import.meta.url))

/** How often the record is looked at while the client runs, in milliseconds. */
const lookInterval = 250
/** A client that has got through and does not end is left so long to do more, in milliseconds. */
const grace = 1500
/** So many characters are kept of what a client prints, the last ones. */
const saidLimit = 200_000
/** So long may an authtap that was told to end take, in milliseconds. */
const endTime = 10_000

export interface RunPlan {
  readonly url: string
  readonly client: readonly string[]
  /** Variables of the environment that name a folder in which it keeps what it knows. */
  readonly homes: readonly string[]
  /** As `--fault` takes them; the last is what the run is for. */
  readonly faults: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
  /** What opens pages in place of the built-in browser, which asks nobody. */
  readonly browser: string | undefined
  readonly env: NodeJS.ProcessEnv
  /** Where the capture is kept. */
  readonly har: string | undefined
  /** Flags for authtap itself, such as --insecure. */
  readonly flags: readonly string[]
  /** Resolves when the person ends it. */
  readonly ending: Promise<unknown>
}

export interface RunResult {
  readonly seen: readonly SeenStep[]
  readonly end: RunEnd
  /** What the client printed, without its beginning where it is long. */
  readonly said: string
  /** Undefined when authtap could not run. */
  readonly report: Report | undefined
}

/** The client once through an authtap of its own, on fresh ports and in a fresh home. */
export async function runOnce(plan: RunPlan): Promise<RunResult> {
  const home = await mkdtemp(join(tmpdir(), 'authtap-gauntlet-'))
  // The client keeps its tokens there.
  const clean = () => rmSync(home, { recursive: true, force: true })
  process.once('exit', clean)
  try {
    await writeBrowser(home, plan.browser)
    return await runIn(home, plan)
  } finally {
    process.removeListener('exit', clean)
    clean()
  }
}

async function runIn(home: string, plan: RunPlan): Promise<RunResult> {
  const record = join(home, 'record.ndjson')
  const child = spawn(
    process.execPath,
    [
      program,
      plan.url,
      ...['--port', '0', '--no-journal', '--format', 'ndjson', '--output', record],
      ...['--quiet-period', '1', '--exit-code', 'client', '--log-level', 'silent'],
      ...plan.faults.flatMap((fault) => ['--fault', fault]),
      ...(plan.har === undefined ? [] : ['--har', plan.har]),
      ...plan.flags,
      '--',
      ...plan.client,
    ],
    {
      env: { ...homeOf(home, plan.env), ...foldersIn(home, plan.homes) },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  let said = ''
  const hear = (chunk: Buffer) => (said = (said + chunk.toString()).slice(-saidLimit))
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  let isOver = false
  const ended = new Promise<number | undefined>((resolve) => {
    child.once('error', () => resolve(undefined))
    child.once('exit', (code) => resolve(code ?? undefined))
  }).finally(() => (isOver = true))
  const kill = () => child.kill()
  process.once('exit', kill)
  let isEnding = false
  const ending = plan.ending.then(() => (isEnding = true))
  const began = Date.now()
  let throughSince: number | undefined
  let isSatisfied = false
  while (!isOver) {
    await Promise.race([ended, ending, new Promise((resolve) => setTimeout(resolve, lookInterval))])
    const seen = await readSeen(record)
    if (isDone(seen, plan.faults.at(-1))) throughSince ??= Date.now()
    isSatisfied = throughSince !== undefined && Date.now() - throughSince >= grace
    if (isEnding || isSatisfied || Date.now() - began >= plan.timeout) break
  }
  const wasEnded = !isOver
  if (wasEnded) await endIt(child, ended)
  const code = await ended
  process.removeListener('exit', kill)
  const seen = await readSeen(record)
  return {
    seen,
    end: { code: wasEnded ? undefined : code, isSatisfied },
    said,
    report: await readReport(record),
  }
}

/** It got through, after whatever was to go wrong did. */
function isDone(seen: readonly SeenStep[], fault: string | undefined): boolean {
  const name = fault?.split(':', 1)[0]
  const at = name === undefined ? 0 : seen.findIndex(({ faults }) => faults.includes(name))
  return at >= 0 && seen.slice(at).some(isThrough)
}

async function endIt(child: ReturnType<typeof spawn>, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM')
  const hard = setTimeout(() => child.kill('SIGKILL'), endTime)
  await ended
  clearTimeout(hard)
}

/** Nothing of an earlier run is remembered, and nothing of the person's own is touched. */
function homeOf(home: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const caches = env['npm_config_cache'] ?? join(env['HOME'] ?? home, '.npm')
  return {
    ...env,
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
    npm_config_cache: caches,
    BROWSER: join(home, 'bin', 'xdg-open'),
    PATH: `${join(home, 'bin')}:${env['PATH'] ?? ''}`,
  }
}

function foldersIn(home: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, join(home, name)]))
}

/** What stands for a browser under every name by which a client may call one. */
async function writeBrowser(home: string, command: string | undefined): Promise<void> {
  const bin = join(home, 'bin')
  await mkdir(bin)
  const opens = command ?? `"${process.execPath}" "${robot}"`
  for (const name of ['xdg-open', 'open', 'sensible-browser', 'x-www-browser', 'www-browser']) {
    await writeFile(join(bin, name), `#!/bin/sh\nexec ${opens} "$@"\n`)
    await chmod(join(bin, name), 0o700)
  }
}

/** The exchanges so far, each in its last version. */
async function readSeen(record: string): Promise<SeenStep[]> {
  const seen = new Map<string, SeenStep>()
  try {
    for await (const line of createInterface({ input: createReadStream(record) })) {
      const step = stepOf(parseJson(line))
      if (step !== undefined) seen.set(step.id, step)
    }
  } catch {
    // Nothing is written yet.
  }
  return [...seen.values()].sort((a, b) => Number(a.id) - Number(b.id))
}

function stepOf(line: unknown): SeenStep | undefined {
  const exchange = isObject(line) ? objectMember(line, 'exchange') : undefined
  const step = objectMember(exchange, 'step')
  const kind = stringMember(step, 'kind')
  if (exchange === undefined || kind === undefined) return undefined
  const status = member(objectMember(exchange, 'response'), 'status')
  const headers = member(objectMember(exchange, 'request'), 'headers')
  const touched = member(exchange, 'touched')
  return {
    id: stringMember(exchange, 'id') ?? '',
    kind: kind as StepKind,
    ok: member(step, 'ok') === true,
    status: typeof status === 'number' ? status : undefined,
    hasToken:
      Array.isArray(headers) &&
      headers.some(
        (pair: unknown) => Array.isArray(pair) && /^authorization$/i.test(String(pair[0])),
      ),
    faults: (Array.isArray(touched) ? touched : [])
      .filter(isObject)
      .flatMap((touch) => stringMember(touch, 'fault') ?? []),
  }
}

async function readReport(record: string): Promise<Report | undefined> {
  const text = await readFile(record, 'utf8').catch(() => '')
  const last = parseJson(text.trimEnd().split('\n').at(-1) ?? '')
  return isObject(last) ? (member(last, 'report') as Report | undefined) : undefined
}
