import { Asker } from './asker.ts'
import { lookAtConnection } from './connection.ts'
import { type Discovered, walk } from './discovery.ts'
import type { ProbeOptions } from './options.ts'
import { logIn } from './login/login.ts'
import type { LoginOptions } from './login/person.ts'
import { askAsBrowser } from './preflights.ts'
import { lookAtServer } from './server.ts'
import { doWrong } from './wrongs.ts'

/** So many requests at most, so long for each, in milliseconds. */
const requestLimit = 30
const usualPatience = 10_000

/** Looks at a server as a client without an account does, and at how it takes what is wrong. Changes nothing there. */
export async function probe(options: ProbeOptions, login?: LoginOptions): Promise<Discovered> {
  const { target, tell, patience = usualPatience } = options
  const asker = new Asker({ ...options, requests: requestLimit, patience })
  try {
    await lookAtConnection(target, options, patience, tell)
    const found = await walk(asker, options, tell)
    // A client uses the first.
    for (const server of found.servers.slice(0, 1)) await lookAtServer(asker, server, target, tell)
    await askAsBrowser(asker, found, tell)
    await doWrong(asker, options, found, tell)
    if (login !== undefined) await loginWith(options, login, found)
    return found
  } finally {
    await asker.close()
  }
}

async function loginWith(
  options: ProbeOptions,
  login: LoginOptions,
  found: Discovered,
): Promise<void> {
  const { patience = usualPatience } = options
  const asker = new Asker({ ...options, requests: requestLimit, patience })
  try {
    await logIn(asker, options, login, found)
  } finally {
    await asker.close()
  }
}
