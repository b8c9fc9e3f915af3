import { createHash, randomBytes } from 'node:crypto'
import { browse } from './browser.ts'
import { acceptResponse, awaitCallback } from './callback.ts'
import type { CallbackListener } from './callback.ts'
import type { Discovered } from './discovery.ts'
import type { DemoFault } from './faults.ts'
import { isJson, objectOf, send, Stopped, text } from './web.ts'
import { parseObject } from './listener.ts'

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | undefined
}

/** What a later refresh needs beside the refresh token. */
export interface Login {
  readonly tokens: Tokens
  readonly clientId: string
}

/** Registers, sends the browser to the authorization server and redeems the code that it brings back. */
export async function logIn(
  server: Discovered,
  fault: DemoFault,
  say: (line: string) => void,
): Promise<Login> {
  const callback = await awaitCallback()
  try {
    const clientId = await register(server, callback.redirectUri)
    say(`registered as ${clientId}`)
    const verifier = randomBytes(32).toString('base64url')
    const code = await authorize(server, clientId, verifier, callback, fault)
    say('the user agreed, the authorization response is valid')
    const redirectUri =
      fault === 'wrong-redirect-uri'
        ? callback.redirectUri.replace('127.0.0.1', 'localhost')
        : callback.redirectUri
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: clientId,
      ...verifierParameter(verifier, fault),
      ...resourceParameter(server, fault),
    }
    const tokens = await requestTokens(server, form, fault)
    say('received an access token')
    return { tokens, clientId }
  } finally {
    await callback.stop()
  }
}

/** RFC 7591 §3.1. */
async function register(server: Discovered, redirectUri: string): Promise<string> {
  const response = await send(server.registrationEndpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      client_name: 'authtap demo client',
      application_type: 'native',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...(server.scope !== undefined && { scope: server.scope }),
    }),
  })
  const document = await objectOf(response)
  if (document === undefined) throw new Stopped(`registration was refused (${response.status})`)
  const registered = document['redirect_uris']
  if (!Array.isArray(registered) || registered.length !== 1 || registered[0] !== redirectUri) {
    throw new Stopped('the registration answer names other redirect URIs than those asked for')
  }
  return text(document, 'client_id', 'the registration answer')
}

async function authorize(
  server: Discovered,
  clientId: string,
  verifier: string,
  callback: CallbackListener,
  fault: DemoFault,
): Promise<string> {
  const state = randomBytes(16).toString('base64url')
  const url = new URL(server.authorizationEndpoint)
  const params = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callback.redirectUri,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(server.scope !== undefined && { scope: server.scope }),
    ...resourceParameter(server, fault),
  }
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  await browse(url.href)
  return acceptResponse(await soon(callback.response), { ...server, state })
}

/** The browser has come to rest, so the response is here or never comes. */
function soon(response: Promise<URLSearchParams>): Promise<URLSearchParams> {
  const never = new Promise<never>((_resolve, reject) => {
    setImmediate(() =>
      reject(new Stopped('the browser never came back with an authorization response')),
    )
  })
  return Promise.race([response, never])
}

function resourceParameter(server: Discovered, fault: DemoFault): Record<string, string> {
  return fault === 'no-resource-param' ? {} : { resource: server.resource }
}

function verifierParameter(verifier: string, fault: DemoFault): Record<string, string> {
  if (fault === 'missing-verifier') return {}
  return {
    code_verifier: fault === 'wrong-verifier' ? randomBytes(32).toString('base64url') : verifier,
  }
}

/** RFC 6749 §6; the resource is named again (MCP 2025-11-25 Resource Parameter Implementation). */
export function refresh(server: Discovered, login: Login, fault: DemoFault): Promise<Tokens> {
  const { refreshToken } = login.tokens
  if (refreshToken === undefined) throw new Stopped('there is no refresh token')
  const form = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: login.clientId,
    ...resourceParameter(server, fault),
  }
  return requestTokens(server, form, fault)
}

async function requestTokens(
  server: Discovered,
  form: Record<string, string>,
  fault: DemoFault,
): Promise<Tokens> {
  const asJson = fault === 'json-token-request'
  const response = await send(server.tokenEndpoint, {
    method: 'POST',
    headers: { 'Content-Type': asJson ? 'application/json' : 'application/x-www-form-urlencoded' },
    body: asJson ? JSON.stringify(form) : new URLSearchParams(form).toString(),
  })
  const document = parseObject(await response.text())
  if (!response.ok)
    throw new Stopped(
      `the token request was refused: ${String(document?.['error'] ?? response.status)}`,
    )
  if (document === undefined || !isJson(response))
    throw new Stopped('the token response is not JSON')
  if (text(document, 'token_type', 'the token response').toLowerCase() !== 'bearer') {
    throw new Stopped('the token is not a bearer token')
  }
  const renewed = document['refresh_token']
  return {
    accessToken: text(document, 'access_token', 'the token response'),
    refreshToken: typeof renewed === 'string' ? renewed : form['refresh_token'],
  }
}
