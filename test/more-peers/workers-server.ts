import { register } from 'node:module'
import { listen } from '../peers/listener.ts'
import { type Peer, peer } from './peer.ts'
import { type FetchHandler, echoFetch, toListener } from './web.ts'

/** The one thing that the library takes from the Workers runtime, for Node. */
function provideWorkersRuntime(): void {
  const module = `export class WorkerEntrypoint {
    constructor(ctx, env) { Object.assign(this, { ctx, env }) }
  }`
  const url = `data:text/javascript,${encodeURIComponent(module)}`
  const hook = `export const resolve = (specifier, context, next) =>
    specifier === 'cloudflare:workers'
      ? { url: ${JSON.stringify(url)}, shortCircuit: true }
      : next(specifier, context)`
  register(`data:text/javascript,${encodeURIComponent(hook)}`)
}

/** A KV namespace in memory. */
class Namespace {
  readonly #values = new Map<string, string>()

  get(key: string, type?: string | { type?: string }): Promise<unknown> {
    const value = this.#values.get(key)
    const json = type === 'json' || (typeof type === 'object' && type.type === 'json')
    return Promise.resolve(
      value === undefined ? null : json ? (JSON.parse(value) as unknown) : value,
    )
  }

  async getWithMetadata(key: string, type?: string): Promise<object> {
    return { value: await this.get(key, type), metadata: null }
  }

  put(key: string, value: string): Promise<void> {
    this.#values.set(key, value)
    return Promise.resolve()
  }

  delete(key: string): Promise<void> {
    this.#values.delete(key)
    return Promise.resolve()
  }

  list({ prefix = '' } = {}): Promise<object> {
    const names = [...this.#values.keys()].filter((name) => name.startsWith(prefix))
    return Promise.resolve({ keys: names.map((name) => ({ name })), list_complete: true })
  }
}

/** A Worker made with `@cloudflare/workers-oauth-provider`, whose users consent at once. */
export async function startWorkersServer(): Promise<Peer> {
  provideWorkersRuntime()
  const { OAuthProvider } = await import('@cloudflare/workers-oauth-provider')
  const listener = await listen((origin) => {
    const provider = new OAuthProvider<never>({
      apiRoute: '/mcp',
      apiHandler: { fetch: echoFetch },
      defaultHandler: { fetch: consent },
      authorizeEndpoint: '/authorize',
      tokenEndpoint: '/oauth/token',
      clientRegistrationEndpoint: '/oauth/register',
      scopesSupported: ['mcp:tools'],
      requiredScopes: ['mcp:tools'],
      resourceMetadata: { resource: `${origin}/mcp`, authorization_servers: [origin] },
    })
    const env = { OAUTH_KV: new Namespace() }
    const context = {
      waitUntil: () => undefined,
      passThroughOnException: () => undefined,
      props: {},
    }
    const handle: FetchHandler = (request) =>
      provider.fetch(request as never, env as never, context as never)
    return toListener(origin, handle)
  })
  return peer({ mcp: listener }, '/mcp')
}

interface Helpers {
  parseAuthRequest(request: Request): Promise<{ scope: string[] }>
  completeAuthorization(consent: object): Promise<{ redirectTo: string }>
}

async function consent(request: Request, env: unknown): Promise<Response> {
  if (new URL(request.url).pathname !== '/authorize') return new Response(null, { status: 404 })
  const { OAUTH_PROVIDER: helpers } = env as { OAUTH_PROVIDER: Helpers }
  const asked = await helpers.parseAuthRequest(request)
  const { redirectTo } = await helpers.completeAuthorization({
    request: asked,
    userId: 'alice',
    metadata: {},
    scope: asked.scope,
    props: {},
  })
  return Response.redirect(redirectTo, 302)
}
