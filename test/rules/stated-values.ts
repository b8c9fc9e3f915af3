import type { Evidence, Finding } from '../../src/core/verdict/report.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'

/** What a sentence states: values that a reader may want to see where they come from. */
export function statedValues(sentence: string): string[] {
  const words = sentence.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]+`|\bhttps?:\/\/[^\s,;()"]+/g, ' ')
  return [
    ...quotedValues(sentence),
    ...all(words, /\b[1-5]\d\d\b(?! s\b)/g),
    ...all(words, /\b[a-z]+(?:_[a-z\d]+)+\b/g),
    ...all(words, /\bE[A-Z]{4,}\b/g),
  ].filter((value) => !ofTheField.has(value))
}

/** Strings in quotation marks, code, and URLs. */
function quotedValues(sentence: string): string[] {
  const strings = [...sentence.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([text]) => unquoted(text))
  const code = [...sentence.matchAll(/`([^`]+)`/g)].map(([, text]) => text!)
  const rest = sentence.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]+`/g, ' ')
  const urls = [...rest.matchAll(/\bhttps?:\/\/[^\s,;()"]+/g)].map(([url]) =>
    url.replace(/[.:]$/, ''),
  )
  return [...strings, ...code, ...urls].filter(
    (value) => value.trim() !== '' && !ofTheField.has(value),
  )
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([found]) => found)
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text.slice(1, -1)
  }
}

/**
 * Names that specifications give: of parameters, members, fields and methods. To name one states nothing about what was sent;
 * a value beside it does.
 */
const ofTheField = new Set([
  ...['access_token', 'refresh_token', 'token_type', 'expires_in', 'id_token'],
  ...['client_id', 'client_secret', 'redirect_uri', 'redirect_uris', 'grant_type', 'grant_types'],
  ...['code_verifier', 'code_challenge', 'code_challenge_method', 'response_type'],
  ...['resource', 'scope', 'state', 'iss', 'aud', 'error', 'error_description', 'issuer'],
  ...['authorization_servers', 'resource_metadata', 'scopes_supported', 'response_types_supported'],
  ...['code_challenge_methods_supported', 'registration_endpoint', 'authorization_endpoint'],
  ...['token_endpoint', 'jwks_uri', 'client_id_metadata_document_supported', 'client_name'],
  ...['token_endpoint_auth_method', 'token_endpoint_auth_methods_supported'],
  // What may be written there is an instruction as well.
  ...['application_type', 'native', 'none'],
  ...['client_assertion', 'issued_token_type', 'client_credentials', 'private_key_jwt'],
  ...['authorization_response_iss_parameter_supported', 'client_secret_expires_at'],
])

/** The values of a finding's message, and of a remedy made for it, that its evidence does not show. */
export function unproven(
  finding: Finding,
  exchanges: ReadonlyMap<string, Exchange>,
  own: { readonly remedy: string },
): string[] {
  const shown = finding.evidence
    .map((one) => plain(proof(one, exchanges.get(one.exchange))))
    .join('\n')
  const remedy = finding.remedy === own.remedy ? [] : quotedValues(finding.remedy)
  const { message, found = '', expected = '' } = finding
  const values = [message, found, expected].flatMap(statedValues).concat(remedy)
  return [...new Set(values)].filter((value) => {
    const wanted = plain(value.endsWith('…') ? value.slice(0, -1) : value)
    return !shown.includes(wanted)
  })
}

/** What a piece of evidence shows: its own words and place, and the request line and status of its exchange. */
function proof({ at, text, note, client }: Evidence, exchange: Exchange | undefined): string {
  const { method = '', url = '' } = exchange?.request ?? {}
  return [at, text, note, client, method, url, exchange?.response?.status].join('\n')
}

/** Without what quoting, escaping and tags add. */
function plain(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\\"[\]]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
