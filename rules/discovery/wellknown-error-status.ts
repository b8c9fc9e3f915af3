import { type Step, bodyText, defineRule, edgeAnswer } from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/wellknown-error-status',
  title: 'A metadata URL answers with neither a document nor a 404',
  severity: ['error', 'warning', 'info'],
  fault: ['resource-server', 'authorization-server', 'intermediary'],
  spec: ['RFC 9728 §3.2', 'RFC 8414 §3.2'],
  revisions: 'all',
  seed: [
    { item: 'D-1', severity: 'error', when: ({ kind }) => kind === 'server-metadata' },
    { item: 'D-3', severity: 'error', faults: ['intermediary'] },
    { item: 'U-3', severity: 'error', when: ({ kind }) => kind === 'resource-metadata' },
  ],
  why: 'A client tries the next URL after a 404. After another error it may stop, or take the MCP server for the authorization server.',
  remedy:
    'Serve /.well-known/oauth-* and openid-configuration without authentication, redirects and limits, and answer 404 for documents that you do not have.',
  explains: ['discovery/asm-missing', 'discovery/prm-missing', 'flow/stalled', 'flow/step-failed'],

  on: ['resource-metadata', 'server-metadata'],

  *check(step, flow) {
    const variant = variantOf(step)
    if (variant === undefined) return step.ok ? undefined : 'silent'
    const found = flow.of(step.kind).find(({ ok }) => ok)
    const where = found?.url === step.url ? 'came at another time' : 'was found at another place'
    const response = step.exchange.response!
    const edge = edgeAnswer(response.headers, bodyText(response))
    yield {
      variant,
      severity: found === undefined ? 'error' : variant === 'server-error' ? 'warning' : 'info',
      fault:
        edge !== undefined
          ? 'intermediary'
          : step.kind === 'resource-metadata'
            ? 'resource-server'
            : 'authorization-server',
      message: `${step.url} is answered ${step.status}${found === undefined ? '' : `; the document ${where}`}`,
      found: `${step.status} in place of metadata`,
      evidence: [
        { step, at: 'response.status' },
        { step, at: 'request.url' },
        { step, at: 'response.body' },
        found && { step: found, at: 'request.url', note: 'the document' },
      ],
    }
  },

  examples: {
    good: [{ name: 'the document', http: '${opening only server-metadata}' }],
    bad: [
      {
        name: 'the server fails',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 500 Internal Server Error

          oops`,
        expect: { variant: 'server-error', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'a token is asked for where the token comes from',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
        expect: { variant: 'auth-required', severity: 'error', fault: 'resource-server' },
      },
    ],
  },
})

function variantOf({ status }: Step): string | undefined {
  if (status === 401) return 'auth-required'
  if (status === 403) return 'forbidden'
  if (status === 429) return 'rate-limited'
  return status !== undefined && status >= 500 ? 'server-error' : undefined
}
