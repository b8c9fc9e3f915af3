import { randomBytes } from 'node:crypto'
import type { Party } from '../../src/core/verdict/report.ts'
import type { StartClient } from './client.ts'
import { startClientV2 } from './client-v2.ts'
import { play, type Cast, type Played, type StartProxy } from './play.ts'

export interface RealFault {
  /** The rule that is to find it. */
  readonly rule: string
  readonly party: Party
  readonly summary: string
  /** Whether the client gets through all the same. */
  readonly survived: boolean
  /**
   * Plays the flow with this fault built into the real peer at fault. Everything is stopped when the promise settles.
   *
   * @param startProxy puts a proxy between the client and the MCP server; `direct` puts none
   * @param startClient the client to play with: SDK v2 by default
   */
  run(startProxy: StartProxy, startClient?: StartClient): Promise<Played>
}

function fault(
  rule: string,
  party: Party,
  summary: string,
  cast: Cast,
  survived = false,
): RealFault {
  const run = (startProxy: StartProxy, startClient: StartClient = startClientV2) =>
    play(cast, startClient, startProxy)
  return { rule, party, summary, survived, run }
}

/** Changes the requests of a client before they are sent. */
function changing(change: (request: Request, body: URLSearchParams) => void): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const text = await request.clone().text()
    const isForm = request.headers
      .get('content-type')
      ?.startsWith('application/x-www-form-urlencoded')
    const form = new URLSearchParams(isForm ? text : '')
    change(request, form)
    const body = isForm ? form.toString() : text
    return fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: request.redirect,
      signal: request.signal,
      ...(body !== '' && { body }),
    })
  }
}

/** Typographic quotation marks, as UTF-8, where quotation marks belong. */
function typographic(field: string): string {
  const text = field.replaceAll(/"([^"]*)"/g, '\u201c$1\u201d')
  return Buffer.from(text).toString('latin1')
}

export const realFaults: readonly RealFault[] = [
  fault(
    'challenge/www-authenticate-missing',
    'resource-server',
    'the 401 carries no WWW-Authenticate',
    { server: { challenge: () => undefined } },
    true,
  ),
  fault(
    'challenge/unparseable',
    'resource-server',
    'the challenge is quoted with typographic quotation marks, and nothing else leads to the metadata',
    {
      server: {
        challenge: ({ field }) => typographic(field),
        metadataPath: '/about/protected-resource',
      },
    },
  ),
  fault(
    'challenge/resource-metadata-missing',
    'resource-server',
    'the challenge does not name the resource metadata',
    { server: { challenge: ({ scope }) => `Bearer scope="${scope}"` } },
    true,
  ),
  fault('bearer/missing', 'client', 'the client does not send the token that it holds', {
    client: { fetch: changing(({ headers }) => headers.delete('authorization')) },
  }),
  fault(
    'intermediary/authorization-stripped',
    'intermediary',
    'a gateway in front of the MCP server drops Authorization',
    { gatewayDrops: ['authorization'] },
  ),
  fault(
    'discovery/prm-missing',
    'resource-server',
    'the MCP server asks for authorization and publishes no metadata',
    { server: { metadata: () => undefined, challenge: ({ scope }) => `Bearer scope="${scope}"` } },
  ),
  fault(
    'discovery/prm-resource-mismatch',
    'resource-server',
    'the resource metadata describes a server on another host',
    { server: { metadata: (proper) => ({ ...proper, resource: 'https://mcp.example.com/mcp' }) } },
  ),
  fault(
    'discovery/asm-issuer-mismatch',
    'authorization-server',
    'the server metadata names another issuer',
    { authorizationServer: { issuerInMetadata: 'https://login.example.com' } },
  ),
  fault(
    'audience/aud-mismatch',
    'authorization-server',
    'every token is for one audience, whatever resource was asked for',
    { authorizationServer: { audience: 'https://api.example.com' } },
  ),
  fault(
    'audience/resource-param-missing',
    'client',
    'the client names no resource, so the token is for the default audience',
    { client: { omitsResource: true } },
  ),
  fault(
    'pkce/verifier-missing',
    'client',
    'the client redeems the code without its code_verifier',
    { client: { fetch: changing((_request, form) => form.delete('code_verifier')) } },
  ),
  fault(
    'pkce/verifier-mismatch',
    'client',
    'the client redeems the code with a code_verifier that it made anew',
    { client: { fetch: changing((_request, form) => renewVerifier(form)) } },
  ),
]

function renewVerifier(form: URLSearchParams): void {
  if (form.has('code_verifier')) form.set('code_verifier', randomBytes(32).toString('base64url'))
}
