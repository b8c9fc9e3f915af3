import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import { defaultStateDir } from '../state.ts'
import { Gate } from '../tap/wire/gate.ts'
import type { Identity } from '../tap/wire/listener.ts'
import type { Options } from './arguments.ts'
import type { Context } from './context.ts'
import { pem } from './pem.ts'

/** What clients are shown that insist on https. */
export interface LocalTls {
  readonly identity: Identity
  /** File of the authority that clients have to trust, where the certificate was made for this session. */
  readonly ca: string | undefined
  close(): Promise<void>
}

/** Undefined where clients speak plain HTTP. Throws UserError when what the flags name cannot be used. */
export async function openLocalTls(
  context: Context,
  options: Options,
  target: string,
): Promise<LocalTls | undefined> {
  const [cert, key] = await Promise.all([pem(options, 'tls-cert'), pem(options, 'tls-key')])
  if (cert !== undefined && key !== undefined)
    return { identity: { cert, key }, ca: undefined, close: async () => {} }
  if (cert !== undefined || key !== undefined)
    throw new UserError('EUSAGE', '--tls-cert and --tls-key go together.', 'Give both.')
  return options.has('tls') ? made(context, options, target) : undefined
}

async function made(context: Context, options: Options, target: string): Promise<LocalTls> {
  // Only a session that needs it loads what makes certificates.
  const { makeSessionCertificate } = await import('../tap/wire/session-certificate.ts')
  const host = options.text('host')
  const { names } = new Gate({
    ...(host === undefined ? {} : { host }),
    allowRemote: options.has('allow-remote'),
  })
  const { cert, key, ca } = makeSessionCertificate([...new Set(names)])
  const isKept = options.number('port', 0, 65_535) !== 0
  const path = isKept
    ? join(defaultStateDir(context.env, context.platform), 'tls', fileName(target))
    : join(await mkdtemp(join(tmpdir(), 'authtap-tls-')), 'ca.pem')
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, `${marked(ca)}${await runningBeside(path)}${await trustedBefore(context)}`)
  const close = () => rm(dirname(path), { recursive: true, force: true })
  return { identity: { cert, key }, ca: path, close: isKept ? async () => {} : close }
}

/** Node reads one file: what it was told to trust stands in ours as well. */
async function trustedBefore({ env }: Context): Promise<string> {
  const path = env['NODE_EXTRA_CA_CERTS']
  if (path === undefined || path === '') return ''
  // Where it names ours, authorities of sessions stand in it.
  return (await readFile(path, 'utf8').catch(() => '')).replace(ofSession, '')
}

const ofSession = /^# authtap (\d+)\n-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n/gm

/** Who reads the file knows by the process whether the session is over. */
function marked(ca: string): string {
  return `# authtap ${process.pid}\n${ca}`
}

/** Two sessions before one server share the file: the clients of the other one trust its authority as long as it runs. */
async function runningBeside(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return [...text.matchAll(ofSession)]
    .filter(([, pid]) => Number(pid) !== process.pid && isRunning(Number(pid)))
    .map(([whole]) => whole)
    .join('')
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The same for a server each time, so that what names the file in a client's settings stays true. */
function fileName(target: string): string {
  return `${new URL(target).host.replace(/[^a-z0-9.-]+/gi, '-')}.pem`
}

/** How common clients learn to trust the authority in a file. */
export function trustLines(ca: string): string[] {
  return [
    `The certificate was made for this session. A client has to trust ${ca}:`,
    `  made with Node  NODE_EXTRA_CA_CERTS=${ca} in its environment, as in NODE_EXTRA_CA_CERTS=${ca} claude`,
    `  in Python       SSL_CERT_FILE=${ca}`,
    `  curl            --cacert ${ca}`,
    '  browser         it warns once on its way to the login page, because that way begins at authtap; go on, or import the file',
  ]
}
