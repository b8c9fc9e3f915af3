import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Fault } from '../core/intercept/fault.ts'
import { clientReaction, isThrough, serverReaction } from '../core/intercept/reaction.ts'
import { createRedactor } from '../core/redact/redactor.ts'
import { safeLines } from '../core/wire/safe-text.ts'
import { UserError } from '../errors.ts'
import { loadFaults } from '../faults.ts'
import { type Options, nearest } from '../shell/arguments.ts'
import type { Context } from '../shell/context.ts'
import { exitCodes } from '../shell/exit.ts'
import { profiles } from '../gauntlet/profiles.ts'
import { type RunPlan, type RunResult, runOnce } from '../gauntlet/run.ts'
import { formats, isBad, type Row, tableOf, textLine } from '../gauntlet/table.ts'
import { Output, print } from '../shell/output.ts'
import { targetUrl } from './proxy.ts'

/** Runs a client once for each fault, and says what it (or, with --as-server, the server) did about it. */
export async function gauntlet(
  context: Context,
  options: Options,
  own: readonly string[] = [],
): Promise<number> {
  const [text] = options.positionals
  const known = profiles.find(({ name }) => name === options.text('profile'))
  const client = [...(known?.command ?? []), ...own]
  if (text === undefined || client.length === 0)
    throw new UserError(
      'EUSAGE',
      'authtap gauntlet needs the URL of a server and the command of a client.',
      'For example: authtap gauntlet https://mcp.example.com/mcp -- npx mcp-remote {url}, or with --profile mcp-remote.',
    )
  const url = targetUrl(text)
  const asServer = options.has('as-server')
  const faults = await wanted(options.list('faults'), asServer)
  const folder = options.text('captures')
  const captures = folder === undefined ? undefined : resolve(folder)
  if (captures !== undefined) await makeFolder(captures)
  const path = options.text('output')
  const file = path === undefined || path === '-' ? undefined : await Output.file(path, 0o600)
  let isEnding = false
  const ending = context.ending.then(() => (isEnding = true))
  const plan: Omit<RunPlan, 'faults' | 'har'> = {
    url,
    client,
    homes: [...profiles.flatMap(({ homes }) => homes), ...options.list('client-home')],
    timeout: options.number('timeout', 1, 3600)! * 1000,
    browser: options.text('browser'),
    env: { ...context.env, ...known?.variables },
    flags: options.has('insecure') ? ['--insecure'] : [],
    ending,
  }
  const tell = Output.standard(2)
  const run = async (broken: readonly string[], name: string) => {
    const kept = captures === undefined ? undefined : join(captures, name.replace('/', '-'))
    const har = kept === undefined ? undefined : `${kept}.har`
    const result = await runOnce({ ...plan, faults: broken, har })
    if (kept !== undefined) await writeSaid(`${kept}.log`, result)
    return { ...result, capture: har }
  }
  const healthy = await run([], 'healthy')
  if (isEnding) return exitCodes.incomplete
  if (!healthy.seen.some(isThrough)) return stop(healthy)
  const rows: Row[] = []
  const times = options.number('times', 1, 100)!
  for (const fault of faults) {
    if (isEnding) break
    const runs: Row[] = []
    for (let turn = 1; turn <= times; turn += 1) {
      const name = times === 1 ? fault.id : `${fault.id}-${turn}`
      const result = await run(madeOf(fault, asServer), name)
      // What was ended by the person says nothing of the client.
      if (isEnding) break
      const judged = asServer
        ? serverReaction(fault, result.seen)
        : clientReaction(fault, result.seen, result.end)
      runs.push({ fault, ...judged, capture: result.capture })
    }
    // The worst of several is what counts.
    const row = runs.find(isBad) ?? runs[0]
    if (row === undefined) break
    rows.push(row)
    if (options.text('format') !== 'text' || options.has('output')) tell.write(`${textLine(row)}\n`)
  }
  await tell.close()
  const format = formats.find((one) => one === options.text('format')) ?? 'text'
  const table = tableOf(format, redactor().text(url), rows)
  if (file === undefined) await print(table)
  else {
    file.write(table)
    await file.close()
  }
  if (rows.some(isBad)) return exitCodes.findings
  return isEnding ? exitCodes.incomplete : exitCodes.fine
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw new UserError(
      'EOUTPUT',
      `${path} cannot be made (${(error as NodeJS.ErrnoException).code}).`,
      'Give --captures another folder.',
    )
  }
}

/** What a run makes go wrong so that the fault is met. */
function madeOf({ id, before, passing }: Fault, asServer: boolean): readonly string[] {
  const made = passing === true && !asServer ? `${id}:once` : id
  return before === undefined ? [made] : [`${before}:once`, made]
}

/** The client's own account of a run, to be read beside the capture. */
async function writeSaid(path: string, { said }: RunResult): Promise<void> {
  await writeFile(path, safeLines(redactor().text(said)), { mode: 0o600 })
}

/** What is printed may be kept by whoever runs this: the address of a server may hold a key, what a client says a token. */
function redactor() {
  return createRedactor({ key: randomBytes(32) })
}

/** Without a fault the client does not get through: nothing can be said of what it does with one. */
async function stop({ report, said }: RunResult): Promise<number> {
  const first = report?.findings.find(({ id }) => id === report.firstBroken?.finding)
  const last = redactor().text(said.trim().split('\n').slice(-5).join('\n'))
  await print(
    `The client does not get through without a fault${first === undefined ? '.' : `: ${first.message} (${first.rule}). ${first.remedy}`}\n${safeLines(last)}\n`,
  )
  return report?.verdict === 'fail' ? exitCodes.findings : exitCodes.incomplete
}

/** The faults that were named, by their name or family; those of the other side are left out. */
async function wanted(names: readonly string[], asServer: boolean): Promise<readonly Fault[]> {
  const all = await loadFaults()
  const fitting = all.filter(({ breaks }) => (breaks === 'client') === asServer)
  if (names.length === 0) return fitting
  return names.flatMap((name) => {
    const found = fitting.filter(({ id }) => id === name || id.startsWith(`${name}/`))
    if (found.length > 0) return found
    const near = nearest(
      name,
      fitting.map(({ id }) => id),
    )
    throw new UserError(
      'EUSAGE',
      `--faults ${name}: there is no such fault or family on this side.`,
      near === undefined ? 'See authtap explain fault.' : `Did you mean ${near}?`,
    )
  })
}
