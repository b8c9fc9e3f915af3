/** What the stream for viewers says, one message of each kind. */
export function liveMessages({ access, session }) {
  const head = {
    method: 'POST',
    url: `https://mcp.example/mcp?access_token=${access}`,
    headers: [
      ['Authorization', `Bearer ${access}`],
      ['Cookie', `sid=${session}`],
    ],
    body: { text: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', dropped: 0 },
  }
  const answer = {
    status: 401,
    statusText: 'Unauthorized',
    headers: [['WWW-Authenticate', 'Bearer error="invalid_token"']],
    body: { text: '', dropped: 0 },
    complete: true,
  }
  const exchange = {
    exchange: {
      id: '1',
      source: 'reverse',
      startedAt: 1_800_000_000_000,
      endedAt: 1_800_000_000_010,
      connection: 'c1',
      client: 'x',
      timings: { wait: 1 },
      request: head,
      response: answer,
      touched: [],
    },
    step: { kind: 'challenge', summary: 'is refused', ok: false },
    flow: 'w1',
  }
  const finding = {
    id: 'f1',
    rule: 'bearer/missing',
    severity: 'error',
    confidence: 'certain',
    basis: 'observed',
    fault: 'client',
    title: 't',
    message: 'm',
    why: 'w',
    remedy: 'r',
    spec: [{ ref: 'RFC 6750 §2', url: 'https://x' }],
    flow: 'w1',
    causedBy: null,
    evidence: [{ exchange: '1', at: 'response.status', text: '401', note: 'n' }],
  }
  const flow = {
    id: 'w1',
    resource: 'https://mcp.example/mcp',
    revision: '2025-11-25',
    registration: 'unknown',
    steps: [{ kind: 'challenge', exchange: '1', summary: 's', ok: false }],
    outcome: 'failed',
  }
  const report = {
    schema: 'authtap.report/1',
    tool: { name: 'authtap', version: '1', rules: 'x' },
    verdict: 'fail',
    firstBroken: { finding: 'f1', step: 'challenge', fault: 'client' },
    findings: [finding],
    flows: [flow],
    checklist: [],
    outcomes: { pass: 1, fail: 1, silent: 1, blind: 1, crash: 0 },
    capture: { exchanges: 1, complete: true, missing: [] },
  }
  const listening = {
    url: 'http://localhost:1/mcp',
    upstream: 'https://mcp.example/mcp',
    urls: [{ upstream: 'https://mcp.example/mcp', url: 'http://localhost:1/mcp' }],
    ports: { 'https://mcp.example': 1 },
    relayPort: 2,
  }
  const labels = {
    '‹access_token:0123456789abcdef›': { kind: 'access_token', length: 40, prefix: 'gho_' },
  }
  return [
    {
      type: 'snapshot',
      schema: 'authtap.live/1',
      run: 'r1',
      labels,
      listening,
      exchanges: [exchange],
      flows: [flow],
      findings: [finding],
      report,
    },
    { type: 'exchange', exchange },
    { type: 'labels', labels },
    { type: 'flow', flow },
    { type: 'finding', finding },
    {
      type: 'exchange',
      exchange: { ...exchange, exchange: { ...exchange.exchange, id: '2', response: undefined } },
    },
    { type: 'finding-withdrawn', 'finding-withdrawn': { id: 'f1' } },
    { type: 'rule-crashed', 'rule-crashed': { rule: 'a/b', message: 'x', flow: 'w1' } },
    { type: 'notice', notice: { code: 'x', level: 'warning', text: `a\x1b[2Jnotice ${access}` } },
    { type: 'behind', behind: { missed: 3 } },
    { type: 'listening', listening },
    {
      type: 'snapshot',
      schema: 'authtap.live/1',
      run: 'r2',
      exchanges: [exchange],
      findings: [],
      flows: [],
    },
    { type: 'report', report, final: true },
  ]
}
