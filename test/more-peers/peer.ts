import type { Listener, SeenRequest } from '../peers/listener.ts'

/** An MCP server and its authorization server, made by others, and what they received. */
export interface Peer {
  /** The MCP endpoint. */
  readonly url: string
  /** Each server by its name in a comparison. */
  readonly servers: Readonly<Record<string, Listener>>
  /** Starts them all anew: they have forgotten their clients, users and tokens. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export function peer(
  servers: Readonly<Record<string, Listener>> & { mcp: Listener },
  path: string,
): Peer {
  return {
    url: servers.mcp.origin + path,
    servers,
    restart: async () => {
      for (const server of Object.values(servers)) await server.restart()
    },
    stop: async () => {
      await Promise.all(Object.values(servers).map((server) => server.stop()))
    },
  }
}

/** Fields that frame the message or belong to the connection, and the codings that a reader of documents can decode. */
const hopByHop = /^(?:connection|keep-alive|transfer-encoding|content-length|accept-encoding)$/i

/** The client's redirect URI, and its twin at authtap, which differs in the port. */
const redirectUri = /(?:localhost|127\.0\.0\.1):\d+(?=\/(?:oauth\/)?callback)/g

/** Random in every run: that these are there is compared, their values are not. */
const random =
  /\b(state|code|code_challenge|code_verifier|client_id|client_secret|refresh_token)=[^&\s]+/g
const credential = /^(Bearer|Basic) .+/
const cookieValue = /=[^;]*/g

/**
 * What each server received, one text a request, with addresses by name: equal for two runs that the servers cannot
 * tell apart. Sorted, because streams and calls run beside one another and their order is chance.
 */
export function received({ servers }: Peer): Record<string, string[]> {
  const names = Object.entries(servers).map(
    ([name, { origin }]) => [new URL(origin).host, `{${name}}`] as const,
  )
  const plain = (text: string) =>
    names
      .reduce((rest, [host, name]) => rest.replaceAll(host, name), decoded(text))
      .replace(redirectUri, '{client}')
      .replace(/\["([^"]+)","\1"\]/, '["$1"]')
      .replace(random, '$1=*')
  const value = (name: string, text: string) =>
    name.toLowerCase() === 'cookie'
      ? text.replace(cookieValue, '=*')
      : plain(text).replace(credential, '$1 *')
  const describe = ({ method, target, headers, body }: SeenRequest) => {
    const fields = headers
      .filter(([name]) => !hopByHop.test(name))
      .map(([name, text]) => `${name}: ${value(name, text)}`)
    return [`${method} ${plain(target)}`, ...fields, plain(body)].join('\n')
  }
  return Object.fromEntries(
    Object.entries(servers).map(([name, { seen }]) => [name, seen.map(describe).sort()]),
  )
}

/** Form encoding undone, as far as a text is form-encoded. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => decodeURIComponent(run))
}
