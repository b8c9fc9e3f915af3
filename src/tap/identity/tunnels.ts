import type { PublicPlace } from './public-places.ts'

/** What gives a port of this machine a public name. */
interface Tunnel {
  /** How the names end that it gives. */
  readonly suffixes: readonly string[]
  /** Undefined where a machine has one name: further ports of it are not 443. */
  readonly command: ((port: number) => string) | undefined
}

/** Read in their documentation in November 2026. */
const tunnels: readonly Tunnel[] = [
  {
    suffixes: ['.trycloudflare.com'],
    command: (port) => `cloudflared tunnel --url http://localhost:${port}`,
  },
  {
    suffixes: ['.ngrok.app', '.ngrok.dev', '.ngrok.io', '.ngrok-free.app', '.ngrok-free.dev'],
    command: (port) => `ngrok http ${port}`,
  },
  {
    suffixes: ['.ts.net'],
    command: undefined,
  },
  {
    suffixes: ['.devtunnels.ms'],
    command: (port) => `devtunnel host -p ${port} --allow-anonymous`,
  },
]

/** How a port gets a name of the kind that another port has already; undefined where it cannot. */
function tunnelCommand(port: number, origin: string): string | undefined {
  const { hostname } = new URL(origin)
  const known = tunnels.find(({ suffixes }) => suffixes.some((one) => hostname.endsWith(one)))
  return known === undefined
    ? `cloudflared tunnel --url http://localhost:${port}`
    : known.command?.(port)
}

/** What comes of an origin that clients from elsewhere know by its real address, and what to type. */
export function withoutName(
  { origin, port }: { readonly origin: string; readonly port: number },
  main: string,
): string {
  const cannot = `${origin} has no public name, so a hosted client talks to it past authtap and asks it for a token for ${main}, which the real MCP server will not accept`
  const command = tunnelCommand(port, main)
  if (command === undefined)
    return `${cannot}: start authtap again with --paths, because this tunnel has one name for all`
  return `${cannot}: run ${command} and start authtap again with --public ${origin}=NAME, where NAME is what the tunnel prints; or, with one tunnel only, start authtap again with --paths`
}

/** What comes of it that an origin stands below the name of another. */
export function belowName(origin: string, { origin: name, path }: PublicPlace): string {
  return `${origin} is at ${name}${path} for hosted clients, below the name of the MCP server: a client that compares hosts takes both for one server, one that looks for metadata at the root of a host alone does not find it, a slash at the end of the issuer makes another one, and a server without metadata is not reached at all`
}
