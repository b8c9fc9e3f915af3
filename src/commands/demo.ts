import { runDemoClient } from '../demo/client.ts'
import { type DemoFault, demoFaults } from '../demo/faults.ts'
import { startDemoServers } from '../demo/parties.ts'
import { UserError } from '../errors.ts'
import { exitCodes } from '../shell/exit.ts'
import { type Options, nearest } from '../shell/arguments.ts'
import { startReverse } from '../tap/reverse.ts'
import type { Context } from '../shell/context.ts'
import { type Judging, openJudging } from '../shell/judging.ts'
import { announce } from './proxy.ts'
import { Replays, seenBy } from '../shell/replay.ts'
import { type Screen, type ScreenStart, chooseScreen } from '../shell/screen.ts'

/** Plays a login between embedded parties through the proxy, with one of them at fault, and prints the verdict. */
export async function demo(context: Context, options: Options): Promise<number> {
  const fault = demoFault(options.positionals[0])
  const servers = await startDemoServers(fault.name)
  const screen = await chooseScreen(context, options, false)
  try {
    const targets = [servers.mcpUrl]
    const judging = await openJudging(context, options, {
      targets,
      live: true,
      ...(screen === undefined ? {} : { screen }),
    })
    const replays = screen && new Replays(targets)
    const tap = await startReverse({
      targets,
      port: 0,
      emit: seenBy(replays, judging),
      notice: judging.tell,
    })
    judging.say(`${judging.style.bold('Demo')}  ${fault.name}: ${fault.summary}.\n`)
    announce(judging, tap, { invite: false })
    const { urls } = tap.listening
    const demo = `The demo plays ${fault.name}: ${fault.summary}. Nothing has to be connected.`
    const replay: ScreenStart['replay'] = (row) => replays!.plan(row, urls[0]!.url)
    screen?.open({ ...judging, targets, urls, demo, replay })
    judging.run.startClock()
    await play(context, judging, urls[0]!.url, fault.name, screen)
    await tap.stop()
    screen?.stop()
    const { code } = await judging.finish()
    if (screen?.code !== undefined) return screen.code
    if (options.positionals.length > 0) return code
    // Without a fault named, the demo shows what authtap does; the fault it finds is no failure of the command.
    return code === exitCodes.findings ? exitCodes.fine : code
  } finally {
    screen?.stop()
    await servers.stop()
  }
}

async function play(
  context: Context,
  judging: Judging,
  url: string,
  fault: DemoFault,
  screen: Screen | undefined,
): Promise<void> {
  const playing = runDemoClient(url, fault, (line) =>
    judging.say(judging.style.dim(`  client: ${line}`)),
  )
  const ends = [context.ending, judging.readerGone, ...(screen === undefined ? [] : [screen.ended])]
  const result = await Promise.race([playing, ...ends])
  if (typeof result !== 'object') return
  const { ok, reason } = result
  judging.say(
    judging.style.dim(ok ? '  client: done' : `  client: gave up: ${reason ?? 'no reason given'}`),
  )
  // On a terminal it stays until it is quit.
  if (screen !== undefined) await Promise.race(ends)
}

function demoFault(name = 'wrong-audience') {
  const fault = demoFaults.find((one) => one.name === name)
  if (fault !== undefined) return fault
  const names = demoFaults.map((one) => one.name)
  const near = nearest(name, names)
  throw new UserError(
    'EUSAGE',
    `The demo has no fault ${name}.`,
    `${near === undefined ? '' : `Did you mean ${near}? `}Its faults are ${names.join(', ')}.`,
  )
}

/** The faults for the help: each with what is played. */
export function faultLines(): string[] {
  const width = Math.max(...demoFaults.map(({ name }) => name.length)) + 2
  return ['', ...demoFaults.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`)]
}
