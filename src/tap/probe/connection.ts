import { type PeerCertificate, TLSSocket } from 'node:tls'
import { Connector, endpointOf, type TlsOptions } from '../wire/connect.ts'
import { reach } from '../wire/reach.ts'
import type { Tell } from './look.ts'
import { within } from './within.ts'

const day = 24 * 60 * 60 * 1000

/** Connects once without a request, and tells name, address, port and certificate. What fails is told by the first request. */
export async function lookAtConnection(
  target: string,
  options: TlsOptions,
  patience: number,
  tell: Tell,
): Promise<void> {
  const url = new URL(target)
  const connector = new Connector(options)
  const reached = await within(reach(url, connector), patience)
  connector.close()
  if (reached?.socket === undefined) return
  const { socket, link, proxy } = reached
  const way = proxy === undefined ? link.address : `reached through the proxy ${proxy.host}`
  const { hostname, port } = endpointOf(url)
  const took = Math.round(link.dns + link.connect)
  tell({
    part: 'Connection',
    mark: 'well',
    text: `${hostname} is ${way}, port ${port}: connected in ${took} ms`,
  })
  if (socket instanceof TLSSocket) tellCertificate(socket, options, tell)
  socket.destroy()
}

function tellCertificate(socket: TLSSocket, { insecure }: TlsOptions, tell: Tell): void {
  const certificate = socket.getPeerCertificate()
  const left = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / day)
  const trust = insecure === true && !socket.authorized ? ', not trusted (--insecure)' : ''
  tell({
    part: 'Connection',
    mark: trust === '' ? 'well' : 'plain',
    text: `${socket.getProtocol() ?? 'TLS'}, certificate of ${nameOf(certificate.subject)} by ${nameOf(certificate.issuer)}, ${left} days left${trust}`,
  })
}

function nameOf({ CN, O }: PeerCertificate['subject']): string {
  const [name] = [CN ?? O].flat()
  return name ?? 'an unnamed party'
}
