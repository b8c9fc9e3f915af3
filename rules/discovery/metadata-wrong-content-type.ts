import { defineRule, objectOf, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/metadata-wrong-content-type',
  title: 'Metadata is JSON and not labelled as such',
  severity: ['warning', 'info'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['RFC 9728 §3.2', 'RFC 8414 §3.2', 'OIDC Discovery §4.2'],
  revisions: 'all',
  seed: [{ item: 'D-2', when: ({ kind }) => kind === 'server-metadata' }],
  reads: ['content-type'],
  why: 'Clients that look at the media type before they parse take the answer for a page and go on as if there were no metadata.',
  remedy:
    'Send `Content-Type: application/json` for these paths; a static host needs a rule for them, since the files have no extension.',
  explains: ['flow/auth-not-started', 'flow/stalled'],

  on: ['resource-metadata', 'server-metadata'],

  *check(step) {
    const { contentType } = step
    if (step.status !== 200 || objectOf(step.document) === undefined) return 'silent'
    if (contentType === 'application/json') return
    yield {
      variant: contentType === undefined ? 'absent' : 'other-type',
      severity: contentType?.endsWith('+json') === true ? 'info' : 'warning',
      fault: step.kind === 'resource-metadata' ? 'resource-server' : 'authorization-server',
      message:
        contentType === undefined
          ? `the metadata at ${step.url} has no Content-Type`
          : `the metadata at ${step.url} is labelled ${quoted(contentType)}`,
      evidence: [{ step, at: 'response.header.content-type[0]', note: 'must be application/json' }],
    }
  },

  examples: {
    good: [
      {
        name: 'the type with a parameter',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK
          < content-type: Application/JSON; charset=utf-8

          {"issuer":"https://as.example"}`,
      },
    ],
    bad: [
      {
        name: 'a file without an extension on a static host',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK
          < content-type: application/octet-stream

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
        expect: { variant: 'other-type', severity: 'warning', fault: 'resource-server' },
      },
    ],
  },
})
