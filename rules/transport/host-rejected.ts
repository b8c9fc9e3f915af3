import {
  bodyText,
  defineRule,
  edgeAnswer,
  hostAndPort,
  quoted,
  said,
  shortened,
  textOfPage,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'transport/host-rejected',
  title: 'The MCP server refuses the name under which it is called',
  severity: ['error'],
  fault: ['resource-server'],
  spec: ['RFC 9110 §15.5.20', 'RFC 9110 §7.2', 'MCP 2025-11-25 transports Security Warning'],
  revisions: 'all',
  threads: ['https://github.com/modelcontextprotocol/python-sdk/issues/1798'],
  why: 'The server compares Host with a list before it looks at anything else, so no call and no login gets further, and the 4xx is taken for a refused token.',
  remedy:
    'Add the public host name to the allowed hosts of the server (the DNS rebinding protection of the SDK transports), or leave that check to the proxy in front of it.',
  explains: [
    'audience/aud-mismatch',
    'bearer/fresh-token-rejected',
    'challenge/wrong-status',
    'challenge/www-authenticate-missing',
    'discovery/prm-missing',
    'discovery/wellknown-error-status',
    'flow/auth-not-started',
    'flow/reauth-loop',
    'flow/stalled',
  ],

  on: ['mcp', 'challenge', 'resource-metadata'],

  *check(step, flow) {
    const { response } = step.exchange
    if (response === undefined) return 'silent'
    if (![400, 403, 421].includes(response.status)) return
    const text = bodyText(response)
    // A firewall's refusal is another rule's matter.
    if (edgeAnswer(response.headers, text) !== undefined) return 'silent'
    const told = said(step, 'host')
    if (response.status !== 421 && told === undefined) return
    // A shared HTTP/2 connection may lead to a server that another one does not (RFC 9110 §15.5.20).
    const again = flow
      .after(step, 'mcp', 'challenge', 'resource-metadata')
      .some(({ url, status }) => url === step.url && status !== response.status)
    if (again) return
    const words = told?.words ?? shortened(textOfPage(text), 160)
    yield {
      confidence: told !== undefined ? 'certain' : 'likely',
      message:
        `the server answers ${response.status} to what is sent to the host ${quoted(hostAndPort(step.url))}` +
        (words === '' ? '' : ` (${quoted(words)})`),
      evidence: [
        { step, at: 'request.url', note: 'the host is the one that the server refuses' },
        { step, at: 'response.status' },
        words !== '' && { step, at: told?.at ?? 'response.body' },
      ],
    }
  },

  examples: {
    good: [
      { name: 'the server takes the name that it is called by', http: '${opening only challenge}' },
    ],
    bad: [
      {
        name: 'the public name is not among the allowed hosts',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 421 Misdirected Request

          Invalid Host header`,
        expect: { fault: 'resource-server' },
      },
    ],
  },
})
