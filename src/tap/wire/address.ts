import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { isLoopback, isPrivate } from '../../core/wire/url.ts'

/** Addresses that a public server has no business naming (RFC 6890, RFC 6598, RFC 4193). */
const internal = blockList([
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
])

/** A cloud's metadata service under a name that looks public. */
const metadataNames = new Set(['metadata.goog'])

function blockList(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, family(address))
  return list
}

function family(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

/**
 * Loopback, private, link-local or a cloud's metadata service: nothing that a public server may send a client to.
 * Takes a host as `URL.hostname` spells it: lower case, IPv6 in brackets.
 */
export function isInternalHost(host: string): boolean {
  if (isLoopback(host) || isPrivate(host) || metadataNames.has(host)) return true
  const bare = host.startsWith('[') ? host.slice(1, -1) : host
  if (isIP(bare) === 0) return false
  return internal.check(bare, family(bare)) || internal.check(embeddedIpv4(bare), 'ipv4')
}

/** A name that takes longer to be found does not keep a client waiting, in milliseconds. */
const patience = 2000

/** Whether a name that says nothing of it leads to such an address, as `10.0.0.1.nip.io` does. */
export async function resolvesInside(host: string): Promise<boolean> {
  const late = new Promise<[]>((resolve) => setTimeout(resolve, patience, []).unref())
  const found = await Promise.race([lookup(host, { all: true }).catch(() => []), late])
  return found.some(({ address }) => isInternalHost(isIP(address) === 6 ? `[${address}]` : address))
}

/** RFC 6052 §2.2 and RFC 3056: an IPv4 address can hide in an IPv6 one. Otherwise a public address. */
function embeddedIpv4(address: string): string {
  const nowhere = '192.88.99.1'
  const groups = expand(address)
  if (groups === undefined) return nowhere
  const dotted = (high: number, low: number) =>
    [high >> 8, high & 255, low >> 8, low & 255].join('.')
  if (groups[0] === 0x64 && groups[1] === 0xff9b) return dotted(groups[6]!, groups[7]!)
  if (groups[0] === 0x2002) return dotted(groups[1]!, groups[2]!)
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return dotted(groups[6]!, groups[7]!)
  return nowhere
}

/** The eight groups of an IPv6 address as `URL.hostname` spells it, without dotted quads. */
function expand(address: string): number[] | undefined {
  if (!address.includes(':') || address.includes('.')) return undefined
  const [head = '', tail] = address.split('::', 2)
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const left = read(head)
  const right = tail === undefined ? [] : read(tail)
  const gap = 8 - left.length - right.length
  return gap < 0 ? undefined : [...left, ...Array<number>(gap).fill(0), ...right]
}
