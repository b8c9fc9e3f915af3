import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { UserError } from '../errors.ts'

/**
 * A proxy whose upstream is one of its own ports would send every request to itself, without end.
 * Throws UserError (ELOOP) when an endpoint is on one of these ports of this machine, by whatever name.
 */
export async function refuseLoop(url: string, ports: readonly number[]): Promise<void> {
  const { hostname, port, protocol } = new URL(url)
  const number = Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port)
  if (!ports.includes(number) || !(await isOwnHost(hostname.replace(/^\[|\]$/g, '')))) return
  throw new UserError(
    'ELOOP',
    `${url} is the address of this proxy itself, which would send every request to itself.`,
    'Give the address of the MCP server, not the one that authtap printed.',
  )
}

async function isOwnHost(host: string): Promise<boolean> {
  const own = new Set(
    Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .map(({ address }) => address),
  )
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.some(
    ({ address }) =>
      own.has(address) || /^(?:127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$)/.test(address),
  )
}
