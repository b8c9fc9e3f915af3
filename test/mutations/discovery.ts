import { type Exchange, bodyText } from '../../src/core/wire/exchange.ts'
import { origin } from '../../src/core/wire/url.ts'
import { resourceMetadataUrls, serverMetadataUrls } from '../../src/core/wire/wellknown.ts'
import {
  type Traffic,
  answer,
  document,
  endingAt,
  failing,
  members,
  requestField,
  responseField,
} from './edits.ts'
import { type Mutation, where } from './mutation.ts'
import { find } from './places.ts'

const lost = answer(404, [['content-type', 'text/plain']], 'Not Found')
const page = answer(200, [['content-type', 'text/html']], '<!doctype html><title>Welcome</title>')

/** The document is at none of the places where a client looks; it looks at all of them and stops. */
function nowhere(traffic: Traffic, index: number, urls: readonly string[]): Exchange[] {
  const asked = traffic[index]!
  const rest = urls.filter(
    (url) => !traffic.slice(0, index + 1).some(({ request }) => request.url === url),
  )
  const more = rest.map((url, i) =>
    lost({
      ...asked,
      id: `search-${i}`,
      startedAt: asked.startedAt + 200 * (i + 1),
      endedAt: asked.startedAt + 200 * (i + 1) + 100,
      request: { ...asked.request, url },
    }),
  )
  return [...endingAt(traffic, index, lost), ...more]
}

function issuerOf(exchange: Exchange): string {
  return (JSON.parse(bodyText(exchange.response!)) as { issuer: string }).issuer
}

/** Only the scheme of URLs on the document's own host changes. */
const plainHttp = (exchange: Exchange): Exchange => {
  const host = origin(exchange.request.url)!.slice('https'.length)
  return document(
    (all) => JSON.parse(JSON.stringify(all).replaceAll(`"https${host}`, `"http${host}`)) as unknown,
  )(exchange)
}

const overTls = ({ request }: Exchange) =>
  request.url.startsWith('https://') && !request.url.includes('localhost')

const without = (name: string) => members({ [name]: undefined })

function serverMetadata(
  rule: string,
  what: string,
  change: (exchange: Exchange) => Exchange,
  more: Partial<Mutation> = {},
): Mutation {
  return {
    rule,
    what,
    guilty: ['authorization-server'],
    apply: where('serverMetadata', (traffic, i) => endingAt(traffic, i, change)),
    ...more,
  }
}

/** What only a login of a person needs: a machine has no use for it. */
const ofPerson = ({ apply, ...mutation }: Mutation): Mutation => ({
  ...mutation,
  apply: (traffic) => (find(traffic, 'authorize') < 0 ? undefined : apply(traffic)),
})

export const discovery: readonly Mutation[] = [
  serverMetadata(
    'discovery/endpoint-unreachable',
    'the name of the authorization server is unknown',
    failing('dns', 'ENOTFOUND'),
    { guilty: ['authorization-server', 'intermediary'] },
  ),
  {
    rule: 'discovery/endpoint-unreachable',
    what: 'the token endpoint refuses connections',
    guilty: ['authorization-server', 'intermediary'],
    apply: where('token', (traffic, i) => endingAt(traffic, i, failing('tcp', 'ECONNREFUSED'))),
  },
  {
    rule: 'discovery/endpoint-unreachable',
    what: 'the certificate of the MCP server has expired when its metadata is fetched',
    guilty: ['resource-server', 'intermediary'],
    apply: where('resourceMetadata', (traffic, i) =>
      endingAt(traffic, i, failing('tls', 'CERT_HAS_EXPIRED')),
    ),
  },
  {
    rule: 'discovery/prm-missing',
    what: 'resource metadata is nowhere to be found',
    guilty: ['resource-server'],
    apply: where('resourceMetadata', (traffic, i) =>
      nowhere(
        traffic,
        i,
        resourceMetadataUrls('https://mcp.example/mcp').map(({ url }) =>
          url.replace('https://mcp.example', origin(traffic[i]!.request.url)!),
        ),
      ),
    ),
  },
  {
    rule: 'discovery/prm-resource-mismatch',
    what: 'resource metadata names an internal host',
    guilty: ['resource-server'],
    apply: where('resourceMetadata', (traffic, i) =>
      endingAt(traffic, i, members({ resource: 'http://10.0.0.7:8000/mcp' })),
    ),
  },
  {
    rule: 'discovery/prm-resource-mismatch',
    what: 'resource metadata names another path',
    guilty: ['resource-server'],
    apply: where('resourceMetadata', (traffic, i) =>
      endingAt(
        traffic,
        i,
        document((all) => ({ ...all, resource: `${origin(String(all['resource']))}/other` })),
      ),
    ),
  },
  {
    rule: 'discovery/metadata-not-json',
    what: 'a page stands in place of resource metadata',
    guilty: ['resource-server'],
    apply: where('resourceMetadata', (traffic, i) => endingAt(traffic, i, page)),
  },
  serverMetadata('discovery/metadata-not-json', 'a page stands in place of server metadata', page),
  serverMetadata('discovery/asm-missing', 'server metadata is nowhere to be found', lost, {
    apply: where('serverMetadata', (traffic, i) =>
      nowhere(
        traffic,
        i,
        serverMetadataUrls(issuerOf(traffic[i]!)).map(({ url }) => url),
      ),
    ),
  }),
  serverMetadata(
    'discovery/asm-issuer-mismatch',
    'the issuer is another one',
    members({ issuer: 'https://login.example' }),
  ),
  serverMetadata(
    'discovery/asm-issuer-mismatch',
    'the issuer has a slash more',
    document((all) => ({ ...all, issuer: `${String(all['issuer'])}/` })),
    // Nobody but they can tell whose spelling is the right one.
    { guilty: ['authorization-server', 'resource-server'] },
  ),
  ...['token_endpoint', 'response_types_supported'].map((name) =>
    serverMetadata('discovery/asm-required-field-missing', `${name} is lacking`, without(name)),
  ),
  ofPerson(
    serverMetadata(
      'discovery/asm-required-field-missing',
      'authorization_endpoint is lacking',
      without('authorization_endpoint'),
    ),
  ),
  serverMetadata('discovery/asm-required-field-missing', 'issuer is lacking', without('issuer'), {
    equal: { 'discovery/asm-issuer-mismatch': 'no issuer is another issuer than the listed one' },
  }),
  serverMetadata(
    'discovery/asm-required-field-missing',
    'token_endpoint is misspelled',
    document(({ token_endpoint: url, ...rest }) => ({ ...rest, token_endpont: url })),
  ),
  {
    rule: 'discovery/metadata-http-scheme',
    what: 'the challenge names http',
    guilty: ['resource-server'],
    apply: where('opening', (traffic, i) => {
      const exchange = traffic[i]!
      const field = exchange.response?.headers.find(([name]) => name === 'www-authenticate')?.[1]
      if (!overTls(exchange) || field?.includes('resource_metadata="https') !== true)
        return undefined
      const changed = field.replace('resource_metadata="https', 'resource_metadata="http')
      return endingAt(traffic, i, responseField('www-authenticate', changed))
    }),
  },
  {
    rule: 'discovery/metadata-http-scheme',
    what: 'resource metadata names http',
    guilty: ['resource-server'],
    equal: { 'discovery/prm-resource-mismatch': 'http is another origin' },
    apply: where('resourceMetadata', (traffic, i) =>
      overTls(traffic[i]!) ? endingAt(traffic, i, plainHttp) : undefined,
    ),
  },
  serverMetadata('discovery/metadata-http-scheme', 'server metadata names http', plainHttp, {
    apply: where('serverMetadata', (traffic, i) =>
      overTls(traffic[i]!) ? endingAt(traffic, i, plainHttp) : undefined,
    ),
    equal: { 'discovery/asm-issuer-mismatch': 'http is another issuer' },
  }),
  serverMetadata(
    'registration/no-usable-mechanism',
    'the server offers no way to a client id',
    members({ registration_endpoint: undefined, client_id_metadata_document_supported: undefined }),
    {
      // A client that knows its id, from before or from its user, needs none.
      apply: where('serverMetadata', (traffic, i) =>
        find(traffic, 'registration') < 0
          ? undefined
          : endingAt(
              traffic,
              i,
              members({
                registration_endpoint: undefined,
                client_id_metadata_document_supported: undefined,
              }),
            ),
      ),
    },
  ),
  ofPerson(
    serverMetadata(
      'pkce/support-not-advertised',
      'PKCE is not advertised',
      without('code_challenge_methods_supported'),
    ),
  ),
  ofPerson(
    serverMetadata(
      'pkce/support-not-advertised',
      'only plain PKCE is advertised',
      members({ code_challenge_methods_supported: ['plain'] }),
    ),
  ),
  {
    rule: 'cors/response-headers-not-exposed',
    what: 'a page of another origin may not read the challenge',
    guilty: ['resource-server'],
    apply: where('opening', (traffic, i) =>
      traffic[i]!.request.headers.some(([name]) => name === 'origin')
        ? endingAt(traffic, i, responseField('access-control-expose-headers', 'Mcp-Session-Id'))
        : undefined,
    ),
  },
  {
    rule: 'challenge/resource-metadata-missing',
    what: 'a challenge of 2025-06-18 does not say where the metadata is',
    guilty: ['resource-server'],
    apply: where('opening', (traffic, i) => {
      const exchange = traffic[i]!
      if (!exchange.response?.headers.some(([, value]) => value.includes('resource_metadata')))
        return undefined
      const old = new TextDecoder()
        .decode(exchange.request.body.bytes)
        .replace('2025-11-25', '2025-06-18')
      if (!old.includes('2025-06-18')) return undefined
      const body = { bytes: Buffer.from(old), dropped: 0 }
      return endingAt(traffic, i, (one) =>
        requestField(
          'mcp-protocol-version',
          undefined,
        )({
          ...responseField('www-authenticate', 'Bearer realm="mcp"')(one),
          request: { ...one.request, body },
        }),
      ).slice(i)
    }),
  },
]
