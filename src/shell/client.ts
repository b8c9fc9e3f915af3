import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { UserError } from '../errors.ts'
import type { Context } from './context.ts'

export interface ClientEnd {
  /** Exit code as a shell counts it: 128 + n for a signal. */
  readonly code: number
}

/**
 * Starts the client that follows `--`: no shell, `{url}` replaced wherever it stands in an argument, AUTHTAP_URL set. It
 * owns standard input and output; signals are passed on to it.
 * @param ca file of certificates that a client made with Node is to trust
 */
export function startClient(
  context: Context,
  args: readonly string[],
  url: string,
  ca?: string,
): { ended: Promise<ClientEnd> } {
  const [command, ...rest] = args.map((arg) => arg.replaceAll('{url}', () => url))
  if (command === undefined)
    throw new UserError(
      'EUSAGE',
      'There is no command after --.',
      'Give one, such as -- npx mcp-remote {url}.',
    )
  const child = spawn(command, rest, {
    stdio: 'inherit',
    env: {
      ...withoutToken(context.env),
      AUTHTAP_URL: url,
      ...(ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: ca }),
    },
  })
  context.onSignal = (signal) => child.kill(signal)
  const ended = new Promise<ClientEnd>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new UserError(
          'ECLIENT',
          `The client ${command} could not be started (${error.code}).`,
          'Check the command after --.',
        ),
      )
    })
    child.once('exit', (code, signal) => {
      context.onSignal = undefined
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) })
    })
  })
  return { ended }
}

/** The token of the live stream is for viewers; a client is none. */
function withoutToken({ AUTHTAP_TOKEN: _token, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env
}
