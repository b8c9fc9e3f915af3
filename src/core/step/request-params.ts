import { type Exchange, bodyText, mediaType } from '../wire/exchange.ts'
import { objectOf, readDocument } from '../wire/json.ts'
import { type Params, parseForm, queryParams } from '../wire/params.ts'

/** Parameters of a form body. A JSON object sent in a form's place is read as well; its media type stays the fault. */
export function requestForm(exchange: Exchange): Params {
  const { request } = exchange
  if (request.body.bytes.length === 0) return []
  if (mediaType(request.headers) !== 'application/json') return parseForm(bodyText(request))
  const object = objectOf(readDocument(request)) ?? {}
  return Object.entries(object).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
}

/**
 * Where the parameters of an authorization request stand (OIDC Core §3.1.2.1). A page that posts a form of its own to the
 * URL it was shown at leaves them in the query.
 */
export function authorizationSide(exchange: Exchange): 'form' | 'query' {
  const isForm = exchange.request.method === 'POST' && asksForAuthorization(requestForm(exchange))
  return isForm ? 'form' : 'query'
}

export function authorizationRequest(exchange: Exchange): Params {
  return authorizationSide(exchange) === 'form'
    ? requestForm(exchange)
    : queryParams(exchange.request.url)
}

const askingNames = ['client_id', 'response_type', 'request_uri', 'request', 'redirect_uri']

/** Whether somebody asks for authorization: a look at the endpoint, or a login form that is sent there, has none of these. */
export function asksForAuthorization(params: Params): boolean {
  return params.some(([name]) => askingNames.includes(name))
}
