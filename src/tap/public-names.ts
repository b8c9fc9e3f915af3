import { UserError } from '../errors.ts'
import { isLoopback } from '../core/wire/url.ts'
import type { PublicPlaces } from './identity/public-places.ts'
import { readOrigin, type Target } from './target.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

/** How clients from elsewhere know us. */
export interface PublicOptions {
  /** `NAME` for a target, in the order of the targets, or `ORIGIN=NAME`. */
  readonly names: readonly string[]
  /** Whether origins without a name of their own stand below the first one. */
  readonly paths?: boolean
  /** Whether servers get what tunnels add to requests. */
  readonly keepForwarded?: boolean
  /** Ranges of addresses that are let in; all where there are none. */
  readonly from?: readonly string[]
  /** The field in which the tunnel says where a request comes from. */
  readonly fromField?: string | undefined
}

/** An upstream origin and its name. */
interface Named {
  readonly upstream: string
  readonly origin: string
}

/**
 * Enters the public names into the map.
 * @returns the origins that got one, without those of the targets
 */
export function enterNames(
  { names, paths, keepForwarded }: PublicOptions,
  targets: readonly Target[],
  places: PublicPlaces,
): string[] {
  const named = readNames(names, targets)
  for (const { upstream, origin } of named) places.name(upstream, origin)
  if (paths === true && places.main !== undefined) places.share(places.main)
  places.keepsForwarded = keepForwarded === true
  return named
    .map(({ upstream }) => upstream)
    .filter((upstream) => targets.every(({ origin }) => origin !== upstream))
}

function readNames(names: readonly string[], targets: readonly Target[]): Named[] {
  const unnamed = targets.filter(
    ({ origin }, at) => targets.findIndex((one) => one.origin === origin) === at,
  )
  const named: Named[] = []
  for (const text of names) {
    const [, of, name = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(text) ?? []
    const target = of === undefined ? unnamed.shift() : undefined
    if (of === undefined && target === undefined)
      throw usage(
        `--public ${text} is one name more than there are servers.`,
        'Write --public ORIGIN=NAME for an authorization server.',
      )
    const upstream = target?.origin ?? readOrigin(of!)
    const origin = readName(name, target)
    if (named.some((one) => one.upstream === upstream || one.origin === origin))
      throw usage(
        `--public ${text} names something a second time.`,
        'Give each server one name, and each name to one server; --paths lets several share one.',
      )
    named.push({ upstream, origin })
  }
  if (names.length > 0 && named.every(({ upstream }) => upstream !== targets[0]?.origin))
    throw usage(
      'The MCP server itself has no public name.',
      'Give it one, as in --public https://abc.example.com.',
    )
  return named
}

/** A name, an https origin, or the URL of a target's endpoint below it. */
function readName(text: string, target: Target | undefined): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  const parsed = parseUrl(url)
  if (parsed?.protocol !== 'https:' || parsed.username !== '' || parsed.password !== '')
    throw usage(
      `--public ${text} is no https address.`,
      'Give the name that the tunnel has, as in --public https://abc.example.com.',
    )
  const path = parsed.pathname + parsed.search + parsed.hash
  const own = target === undefined ? '/' : new URL(target.url).pathname
  if (path !== '/' && path !== own)
    throw usage(
      `--public ${text} has a path.`,
      'Leave the path out: it is the same as at the server itself.',
    )
  if (isLoopback(parsed.hostname))
    throw usage(
      `--public ${text} is on this machine, where authtap has an address already.`,
      'For a client here leave --public out; --tls is for one that insists on https.',
    )
  if (parsed.origin === target?.origin)
    throw usage(
      `--public ${text} is the address of the server itself.`,
      'Give the name of the tunnel that leads to authtap.',
    )
  return parsed.origin
}

function usage(message: string, hint: string): UserError {
  return new UserError('EUSAGE', message, hint)
}
