import type { Party } from '../core/verdict/report.ts'

interface FaultEntry {
  readonly name: string
  /** Which of the embedded parties misbehaves. */
  readonly party: Party | 'none'
  readonly summary: string
  /** The rule that finds it; empty where there is nothing to find. */
  readonly expects: string
}

const table = [
  {
    name: 'none',
    party: 'none',
    summary: 'every party behaves: login, calls, a refresh and another call',
    expects: '',
  },
  {
    name: 'strip-authorization',
    party: 'intermediary',
    summary: 'a gateway in front of the MCP server drops the Authorization field',
    expects: 'intermediary/authorization-stripped',
  },
  {
    name: 'malformed-challenge',
    party: 'resource-server',
    summary: 'the challenge quotes its values with typographic quotation marks',
    expects: 'challenge/unparseable',
  },
  {
    name: 'no-www-authenticate',
    party: 'resource-server',
    summary: 'the 401 carries no challenge; the client finds the metadata all the same',
    expects: 'challenge/www-authenticate-missing',
  },
  {
    name: 'no-resource-metadata',
    party: 'resource-server',
    summary: 'the challenge does not say where the resource metadata is',
    expects: 'challenge/resource-metadata-missing',
  },
  {
    name: 'wrong-status',
    party: 'resource-server',
    summary: 'a request without a token is answered 403, so no client starts to log in',
    expects: 'challenge/wrong-status',
  },
  {
    name: 'prm-missing',
    party: 'resource-server',
    summary: 'no protected resource metadata is served anywhere',
    expects: 'discovery/prm-missing',
  },
  {
    name: 'resource-mismatch',
    party: 'resource-server',
    summary: 'the resource metadata describes a server on another host',
    expects: 'discovery/prm-resource-mismatch',
  },
  {
    name: 'issuer-mismatch',
    party: 'authorization-server',
    summary: 'the server metadata names another issuer than the one asked for',
    expects: 'discovery/asm-issuer-mismatch',
  },
  {
    name: 'metadata-html',
    party: 'authorization-server',
    summary: 'a web application answers the metadata URLs with its start page',
    expects: 'discovery/metadata-not-json',
  },
  {
    name: 'no-pkce-support',
    party: 'authorization-server',
    summary: 'the server metadata does not say that PKCE is supported',
    expects: 'pkce/support-not-advertised',
  },
  {
    name: 'missing-iss',
    party: 'authorization-server',
    summary: 'the authorization response lacks the iss parameter that the metadata promises',
    expects: 'authorization/iss-invalid',
  },
  {
    name: 'missing-verifier',
    party: 'client',
    summary: 'the client redeems the code without its code_verifier',
    expects: 'pkce/verifier-missing',
  },
  {
    name: 'wrong-verifier',
    party: 'client',
    summary: 'the client makes a new code_verifier after the redirect',
    expects: 'pkce/verifier-mismatch',
  },
  {
    name: 'wrong-redirect-uri',
    party: 'client',
    summary: 'the client redeems the code with another redirect_uri than it was sent to',
    expects: 'token/redirect-uri-mismatch',
  },
  {
    name: 'json-token-request',
    party: 'client',
    summary: 'the client sends the token request as JSON',
    expects: 'token/wrong-content-type',
  },
  {
    name: 'token-not-json',
    party: 'authorization-server',
    summary: 'the token response is form-encoded',
    expects: 'token/response-not-json',
  },
  {
    name: 'no-resource-param',
    party: 'client',
    summary: 'the client does not name the resource, so the token is for the default audience',
    expects: 'audience/resource-param-missing',
  },
  {
    name: 'wrong-audience',
    party: 'authorization-server',
    summary: 'the authorization server ignores resource and issues a token for another audience',
    expects: 'audience/aud-mismatch',
  },
  {
    name: 'no-token',
    party: 'client',
    summary: 'the client obtains a token and does not send it',
    expects: 'bearer/missing',
  },
  {
    name: 'refresh-not-rotated',
    party: 'authorization-server',
    summary: 'refreshing gives a public client no new refresh token',
    expects: 'refresh/not-rotated',
  },
  {
    name: 'closed-registration',
    party: 'authorization-server',
    summary:
      'the authorization server names a registration endpoint and refuses every client there',
    expects: 'registration/rejected',
  },
  {
    name: 'expired-token',
    party: 'authorization-server',
    summary: 'the authorization server issues access tokens that have expired already',
    expects: 'claims/time-invalid',
  },
  {
    name: 'narrow-scope',
    party: 'authorization-server',
    summary: 'the authorization server grants another scope than the one that the MCP server needs',
    expects: 'scope/granted-less-than-required',
  },
  {
    name: 'rate-limited',
    party: 'authorization-server',
    summary: 'the token endpoint answers that it was asked too often',
    expects: 'flow/rate-limited',
  },
  {
    name: 'moved-endpoint',
    party: 'resource-server',
    summary:
      'the MCP endpoint sends clients on with 301, at which they forget what they had to say',
    expects: 'transport/mcp-endpoint-redirect',
  },
] as const satisfies readonly FaultEntry[]

export type DemoFault = (typeof table)[number]['name']

/** What `authtap demo` can play: each a true fault of one party, built into that party. */
export const demoFaults: readonly (FaultEntry & { readonly name: DemoFault })[] = table
