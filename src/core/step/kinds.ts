import type { StepKind } from './step.ts'

/** Who takes part in a step. What a browser is asked to bring is a leg of its own. */
export type StepParty = 'browser' | 'client' | 'resource-server' | 'authorization-server'

/** The part of a login that a step belongs to, as a report names it when it was not visible. */
export type StepLeg =
  | 'the MCP call'
  | 'the resource metadata'
  | 'the server metadata'
  | 'the signing keys'
  | 'the registration'
  | 'the authorization request'
  | 'the authorization response'
  | 'the token request'

export interface KindOfStep {
  /** As people call it, in a sentence: "the … step broke first". */
  readonly name: string
  /** In the width of a column; a filter takes it as well. */
  readonly word: string
  /** How the line about such a step begins, where the name does not do. */
  readonly does?: string
  readonly asks: StepParty
  /** Undefined where the kind does not tell. */
  readonly answers: Exclude<StepParty, 'browser'> | undefined
  readonly leg: StepLeg
  /** Bodies without which nothing can be said of it. */
  readonly reads?: readonly ('request' | 'response')[]
  /** The member of server metadata that names its endpoint (RFC 8414 §2 and its registry). */
  readonly endpoint?: string
}

/** Everything that is true of a kind of step as such. Whoever lists the kinds takes them from here. */
export const stepKinds: Readonly<Record<StepKind, KindOfStep>> = {
  mcp: {
    name: 'MCP call',
    word: 'mcp',
    asks: 'client',
    answers: 'resource-server',
    leg: 'the MCP call',
  },
  challenge: {
    name: 'challenge',
    word: 'challenge',
    asks: 'client',
    answers: 'resource-server',
    leg: 'the MCP call',
  },
  'resource-metadata': {
    name: 'resource metadata',
    word: 'res-meta',
    asks: 'client',
    answers: 'resource-server',
    leg: 'the resource metadata',
    reads: ['response'],
  },
  'server-metadata': {
    name: 'server metadata',
    word: 'as-meta',
    asks: 'client',
    answers: 'authorization-server',
    leg: 'the server metadata',
    reads: ['response'],
  },
  jwks: {
    name: 'signing keys',
    word: 'jwks',
    asks: 'client',
    answers: 'authorization-server',
    leg: 'the signing keys',
    endpoint: 'jwks_uri',
  },
  registration: {
    name: 'client registration',
    word: 'register',
    does: 'register client',
    asks: 'client',
    answers: 'authorization-server',
    leg: 'the registration',
    reads: ['request', 'response'],
    endpoint: 'registration_endpoint',
  },
  'client-metadata': {
    name: 'client metadata',
    word: 'cl-meta',
    asks: 'authorization-server',
    answers: 'client',
    leg: 'the registration',
  },
  'pushed-request': {
    name: 'pushed authorization request',
    word: 'par',
    does: 'push authorization request',
    asks: 'client',
    answers: 'authorization-server',
    leg: 'the authorization request',
    reads: ['request', 'response'],
    endpoint: 'pushed_authorization_request_endpoint',
  },
  'device-authorization': {
    name: 'device authorization',
    word: 'device',
    asks: 'client',
    answers: 'authorization-server',
    leg: 'the authorization request',
    endpoint: 'device_authorization_endpoint',
  },
  authorize: {
    name: 'authorization request',
    word: 'authorize',
    asks: 'browser',
    answers: 'authorization-server',
    leg: 'the authorization request',
    endpoint: 'authorization_endpoint',
  },
  callback: {
    name: 'authorization response',
    word: 'callback',
    asks: 'browser',
    answers: 'client',
    leg: 'the authorization response',
  },
  token: {
    name: 'token',
    word: 'token',
    asks: 'client',
    answers: 'authorization-server',
    leg: 'the token request',
    reads: ['request', 'response'],
    endpoint: 'token_endpoint',
  },
  revocation: {
    name: 'token revocation',
    word: 'revoke',
    does: 'revoke token',
    asks: 'client',
    answers: 'authorization-server',
    leg: 'the token request',
    endpoint: 'revocation_endpoint',
  },
  introspection: {
    name: 'token introspection',
    word: 'introspect',
    does: 'introspect token',
    asks: 'resource-server',
    answers: 'authorization-server',
    leg: 'the token request',
    endpoint: 'introspection_endpoint',
  },
  userinfo: {
    name: 'user info',
    word: 'userinfo',
    asks: 'client',
    answers: 'authorization-server',
    leg: 'the token request',
    endpoint: 'userinfo_endpoint',
  },
  preflight: {
    name: 'CORS preflight',
    word: 'preflight',
    asks: 'browser',
    answers: undefined,
    leg: 'the MCP call',
  },
  other: {
    name: 'other',
    word: 'other',
    asks: 'client',
    answers: undefined,
    leg: 'the MCP call',
  },
}

export const stepKindNames = Object.keys(stepKinds) as readonly StepKind[]

/** Kinds that are no part of the way to an MCP call, and whose failure ends no login: a logout, keys, what a browser fetches. */
export const asides: ReadonlySet<StepKind> = new Set([
  'other',
  'jwks',
  'userinfo',
  'client-metadata',
  'introspection',
  'revocation',
])
