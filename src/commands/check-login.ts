import { readFile } from 'node:fs/promises'
import { defaultTimers } from '../core/flow/timers.ts'
import { UserError } from '../errors.ts'
import type { Options } from '../shell/arguments.ts'
import { openInBrowser } from '../shell/browser.ts'
import type { Context } from '../shell/context.ts'
import { type ClientKey, readClientKey } from '../tap/probe/login/assertion.ts'
import type { LoginOptions } from '../tap/probe/login/person.ts'
import { targetUrl } from './proxy.ts'

/** What only goes with a login. */
const ofLogin = [
  'client-id',
  'client-secret',
  'client-key',
  'client-metadata',
  'register',
  'scope',
  'print-url',
]

/** How to log in; undefined when that was not asked for. Throws UserError (EUSAGE) for flags that do not go together. */
export async function loginPlan(
  context: Context,
  options: Options,
): Promise<LoginOptions | undefined> {
  const asMachine = options.has('client-credentials')
  if (!asMachine && !options.has('login')) {
    const stray = ofLogin.find((name) => options.has(name))
    if (stray === undefined) return undefined
    throw wrong(`--${stray} goes only with --login or --client-credentials.`, 'Add one of them.')
  }
  if (asMachine && options.has('login'))
    throw wrong('--login and --client-credentials are two ways in.', 'Give only one of them.')
  if (options.positionals.length > 1)
    throw wrong('Only one server can be logged in to at a time.', 'Give one URL.')
  const key = await clientKey(options)
  const clientSecret = options.text('client-secret') ?? context.env['AUTHTAP_CLIENT_SECRET']
  const clientId = options.text('client-id')
  const metadata = options.text('client-metadata')
  if (asMachine && (clientId === undefined || (key === undefined && clientSecret === undefined)))
    throw wrong(
      '--client-credentials needs --client-id, and --client-secret or --client-key.',
      'A machine cannot register itself.',
    )
  const seconds = options.number('quiet-period', 0, 86_400)
  return {
    way: asMachine ? 'client-credentials' : 'browser',
    clientId,
    clientSecret,
    clientMetadata: metadata === undefined ? undefined : targetUrl(metadata),
    key,
    register: options.has('register'),
    scope: options.text('scope'),
    waiting: seconds === undefined ? defaultTimers.user : seconds * 1000,
    open: (url) => {
      // To the person alone: what is kept of it is redacted.
      process.stderr.write(`\nLog in at ${url}\n\n`)
      if (!options.has('print-url')) openInBrowser(url, context)
    },
  }
}

async function clientKey(options: Options): Promise<ClientKey | undefined> {
  const path = options.text('client-key')
  if (path === undefined) return undefined
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw wrong(`--client-key ${path} cannot be read (${error.code}).`, 'Give a PEM or JWK file.')
  })
  return readClientKey(text)
}

function wrong(sentence: string, hint: string): UserError {
  return new UserError('EUSAGE', sentence, hint)
}
