import {
  type Flow,
  type ResourceMetadata,
  type ServerMetadata,
  defineRule,
  gatewayOf,
  header,
  insteadOfJson,
  origin,
  throughGateway,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/metadata-not-json',
  title: 'A metadata URL answers 200 with something other than a JSON object',
  severity: ['error', 'warning'],
  fault: ['authorization-server', 'resource-server', 'intermediary'],
  spec: ['RFC 9728 §3.2', 'RFC 8414 §3.2', 'OIDC Discovery §4.2'],
  revisions: 'all',
  seed: [
    { item: 'D-1', severity: 'error', when: ({ kind }) => kind === 'server-metadata' },
    { item: 'D-2', variants: ['byte-order-mark'], when: ({ kind }) => kind === 'server-metadata' },
    { item: 'D-2', severity: 'error', when: ({ kind }) => kind === 'server-metadata' },
    { item: 'U-3', severity: 'error', when: ({ kind }) => kind === 'resource-metadata' },
  ],
  threads: [
    'https://github.com/twentyhq/twenty/issues/19766',
    'https://github.com/valon-technologies/gestalt/issues/1267',
  ],
  why: 'A client takes a 200 for the document. If it cannot parse server metadata, it may stop; if it cannot parse resource metadata, it may take the MCP server for the authorization server.',
  remedy:
    'Route the well-known paths before any web application or login page, and answer 404 for documents that you do not have.',
  explains: [
    'discovery/asm-missing',
    'discovery/prm-missing',
    'flow/auth-not-started',
    'flow/stalled',
    'registration/no-usable-mechanism',
  ],

  on: ['resource-metadata', 'server-metadata'],

  *check(step, flow) {
    const { request, response, failure } = step.exchange
    if (step.status !== 200 || request.method !== 'GET' || response === undefined) return 'silent'
    if (failure?.phase === 'client-gone' || (!response.complete && failure === undefined))
      return 'silent'
    const instead = insteadOfJson(step)
    if (instead === undefined) return step.document.kind === 'object' ? undefined : 'silent'

    const { variant, name } = instead
    const type = header(response.headers, 'content-type')
    const note = type === undefined ? 'there is none' : 'expected application/json'
    const gateway = gatewayOf(response.headers)
    const front =
      variant === 'html-bot-check' || (variant === 'html-login' && gateway !== undefined)
    const harmless = variant === 'byte-order-mark' || foundElsewhere(step, flow)
    yield {
      variant,
      severity: harmless ? 'warning' : 'error',
      fault: front ? 'intermediary' : ownerOf(step, flow),
      message: `the host ${origin(step.url) ?? step.url} answers 200 with ${name} in place of ${names[step.kind]}`,
      found: `${name} in place of JSON`,
      evidence: [
        { step, at: 'response.header.content-type', note },
        { step, at: 'response.body', note: step.url },
        front && gateway && { step, at: 'response.status', note: throughGateway(gateway) },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a JSON object, and a 404 with a page where there is none',
        http: `
          > GET https://as.example/.well-known/openid-configuration

          < HTTP/1.1 404 Not Found
          < content-type: text/html

          <html><body>Not Found</body></html>

          \${opening only server-metadata}`,
      },
    ],
    bad: [
      {
        name: 'a single-page application answers every path',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK
          < content-type: text/html; charset=utf-8

          <!doctype html><html><head><title>App</title></head><body><div id="root"></div></body></html>`,
        expect: { variant: 'html-spa', severity: 'error', fault: 'resource-server' },
      },
    ],
  },
})

type Metadata = ResourceMetadata | ServerMetadata

const names = {
  'resource-metadata': 'protected resource metadata',
  'server-metadata': 'authorization server metadata',
}

/** Another place gave the document. */
function foundElsewhere(step: Metadata, flow: Flow): boolean {
  return flow.of(step.kind).some((other) => other.ok && other.url !== step.url)
}

/** Who owns the URL: server metadata on the MCP server's own origin is the MCP server's. */
function ownerOf(step: Metadata, flow: Flow): 'resource-server' | 'authorization-server' {
  if (step.kind === 'resource-metadata') return 'resource-server'
  const own = flow.target !== undefined && origin(step.url) === origin(flow.target)
  return own && flow.resourceMetadata === undefined ? 'resource-server' : 'authorization-server'
}
