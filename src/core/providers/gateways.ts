import { type Exchange, type Headers, header } from '../wire/exchange.ts'
import { isObject, parseJson } from '../wire/json.ts'
import { shortened } from '../wire/safe-text.ts'

/** Something between client and server that leaves its mark on answers. */
export interface Gateway {
  readonly name: string
  /** The field that gives it away: `cf-ray`, `server: awselb/2.0`. */
  readonly trace: string
  /** How this one is made to pass the Authorization field on; undefined where nothing particular is known. */
  readonly passAuthorization?: string
}

interface Mark {
  readonly name: string
  readonly field: string
  /** What the value begins with, lower case; the field's presence is enough when absent. */
  readonly begins?: string
  readonly passAuthorization?: string
}

/*
 * Read on 2026-11-30: docs.aws.amazon.com/AmazonCloudFront, RequestAndResponseBehaviorCustomOrigin, by way of its quotations;
 * nginx.org, ngx_http_proxy_module; modwsgi.readthedocs.io, WSGIPassAuthorization; hauptsacheNet/typo3-mcp-server#33;
 * pomerium/pomerium#6268; google-gemini/gemini-cli#8487.
 */
const cloudfront =
  'CloudFront takes Authorization off GET and HEAD requests: use a cache policy that includes it.'
const apache =
  'In Apache, set CGIPassAuth On (CGI), WSGIPassAuthorization On (mod_wsgi), or SetEnvIf Authorization "(.*)" HTTP_AUTHORIZATION=$1.'
const nginx =
  'nginx passes Authorization on unless a proxy_set_header Authorization of its configuration replaces it: look for one.'
const google =
  'Google Cloud IAM and IAP consume Authorization for themselves; their own token goes into X-Serverless-Authorization (Cloud Run) or Proxy-Authorization (IAP).'

/** Ordered: what only one product sends comes before what many do. */
const marks: readonly Mark[] = [
  { name: 'Cloudflare', field: 'cf-ray' },
  { name: 'Cloudflare', field: 'server', begins: 'cloudflare' },
  { name: 'Amazon CloudFront', field: 'x-amz-cf-id', passAuthorization: cloudfront },
  {
    name: 'Amazon CloudFront',
    field: 'server',
    begins: 'cloudfront',
    passAuthorization: cloudfront,
  },
  { name: 'Amazon API Gateway', field: 'x-amz-apigw-id' },
  { name: 'Amazon API Gateway', field: 'apigw-requestid' },
  { name: 'AWS load balancer', field: 'server', begins: 'awselb' },
  { name: 'Akamai', field: 'server', begins: 'akamai' },
  { name: 'Azure Front Door', field: 'x-azure-ref' },
  {
    name: 'Azure Application Gateway',
    field: 'server',
    begins: 'microsoft-azure-application-gateway',
  },
  {
    name: 'Google front end',
    field: 'server',
    begins: 'google frontend',
    passAuthorization: google,
  },
  { name: 'Google front end', field: 'server', begins: 'gws', passAuthorization: google },
  { name: 'Fastly', field: 'x-served-by', begins: 'cache-' },
  { name: 'Varnish', field: 'x-varnish' },
  { name: 'Kong', field: 'x-kong-proxy-latency' },
  { name: 'Envoy', field: 'server', begins: 'envoy' },
  { name: 'Envoy', field: 'x-envoy-upstream-service-time' },
  { name: 'Vercel', field: 'x-vercel-id' },
  { name: 'a cache', field: 'x-cache' },
  { name: 'a proxy', field: 'via' },
  { name: 'nginx', field: 'server', begins: 'nginx', passAuthorization: nginx },
  { name: 'OpenResty', field: 'server', begins: 'openresty', passAuthorization: nginx },
  { name: 'Apache', field: 'server', begins: 'apache', passAuthorization: apache },
  { name: 'Microsoft IIS', field: 'server', begins: 'microsoft-iis' },
]

/** The gateway, proxy or edge that an answer came through, as far as its fields tell. */
export function gatewayOf(headers: Headers): Gateway | undefined {
  for (const { name, field, begins, passAuthorization } of marks) {
    const value = header(headers, field)
    if (value === undefined) continue
    if (begins !== undefined && !value.toLowerCase().startsWith(begins)) continue
    return {
      name,
      trace: `${field}: ${shortened(value, 60)}`,
      ...(passAuthorization === undefined ? {} : { passAuthorization }),
    }
  }
  return undefined
}

/**
 * What gateways that check tokens themselves say of a call without one, and nothing else in the body:
 * docs.aws.amazon.com/apigateway, supported gateway response types; docs.konghq.com, plugins jwt and key-auth; read 2026-11-30.
 */
const ownWords: Readonly<Record<string, readonly string[]>> = {
  'Amazon API Gateway': ['Unauthorized', 'Missing Authentication Token'],
  Kong: ['Unauthorized', 'No API key found in request', 'Invalid authentication credentials'],
}

/** The gateway that gave this answer of its own accord, before the server saw the request. */
export function answeringGateway(headers: Headers, body: string): Gateway | undefined {
  const gateway = gatewayOf(headers)
  const said = gateway === undefined ? undefined : parseJson(body)
  if (!isObject(said) || Object.keys(said).some((name) => name !== 'message')) return undefined
  return ownWords[gateway!.name]?.some((words) => words === said['message']) ? gateway : undefined
}

/** What evidence says of a gateway. */
export function throughGateway({ name, trace }: Gateway): string {
  return `came through ${name}: ${trace}`
}

/** Amazon API Gateway, or the URL of a Lambda function, gave the challenge of the server another name, which clients do not know. */
export function isRenamed({ exchange }: { readonly exchange: Exchange }): boolean {
  const headers = exchange.response?.headers ?? []
  return header(headers, 'x-amzn-remapped-www-authenticate') !== undefined
}
