import {
  type Step,
  answering,
  defineRule,
  endingOf,
  header,
  stepKinds,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'flow/rate-limited',
  title: 'A server limits how often it may be asked',
  severity: ['warning', 'error', 'info'],
  fault: ['authorization-server', 'resource-server', 'client', 'intermediary'],
  spec: ['RFC 6585 §4', 'RFC 7591 §5', 'RFC 6749 §4.1.2.1'],
  revisions: 'all',
  seed: ['R-4'],
  why: 'A login that is refused because there were too many requests looks broken, and works again a while later.',
  remedy: 'Raise the limit for addresses that many clients share, and send Retry-After.',
  explains: [
    'discovery/asm-missing',
    'discovery/prm-missing',
    'discovery/wellknown-error-status',
    'flow/stalled',
    'flow/step-failed',
    'registration/rejected',
    'token/error-not-oauth',
    'token/error-response',
  ],

  on: [
    'mcp',
    'resource-metadata',
    'server-metadata',
    'registration',
    'pushed-request',
    'device-authorization',
    'authorize',
    'token',
  ],

  *check(step, flow) {
    if (!isLimited(step)) return step.status === undefined ? 'silent' : undefined
    const same = flow.of(step.kind)
    // The first refusal of its sort tells of all.
    if (same.find(isLimited) !== step) return 'silent'
    const recent = same.filter(
      ({ order, exchange }) =>
        order <= step.order && step.exchange.startedAt - exchange.startedAt <= minute,
    )
    const isOften = recent.length >= many && step.kind !== 'mcp'
    const wait = header(step.exchange.response?.headers ?? [], 'retry-after')
    const { outcome, lost } = endingOf(flow)
    const isLost = outcome === 'failed' && lost !== undefined && same.includes(lost as never)
    const recovered = flow.after(step, step.kind).some(({ ok }) => ok)
    yield {
      variant: variantOf(step),
      severity: isLost ? 'error' : recovered ? 'info' : 'warning',
      fault: isOften ? 'client' : answering(step, flow),
      // A server that is down for a while says 503 as well (RFC 9110 §15.6.4).
      confidence: isOften || step.status === 503 ? 'likely' : 'certain',
      message:
        `the ${stepKinds[step.kind].name} request to ${step.url} is answered ${step.status}` +
        (recent.length > 1 ? `, as number ${recent.length} of its sort within a minute` : '') +
        (wait === undefined ? '' : `; Retry-After says ${wait}`),
      remedy: isOften
        ? 'Keep registrations and tokens in place of asking anew, and wait for as long as Retry-After says.'
        : undefined,
      evidence: [
        { step, at: 'response.status' },
        { step, at: 'response.header.retry-after' },
        recent.length > 1 && { step: recent[0]!, at: 'request.url', note: 'number 1' },
      ],
    }
  },

  examples: {
    good: [{ name: 'a registration that is answered', http: '${opening}' }],
    bad: [
      {
        name: 'no more registrations today',
        http: `
          \${opening only registration unanswered}

          < HTTP/1.1 429 Too Many Requests
          < retry-after: 3600`,
        expect: { variant: 'registration', fault: 'authorization-server', severity: 'error' },
      },
      {
        name: 'a token request that succeeds when it is made again',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 429 Too Many Requests
          < retry-after: 1

          \${opening only token}`,
        expect: { variant: 'token', severity: 'info' },
      },
    ],
  },
})

const minute = 60_000
/** So many requests of one sort within a minute are the client's doing. */
const many = 10

function isLimited({ status, exchange }: Step): boolean {
  if (status === 429) return true
  return status === 503 && header(exchange.response?.headers ?? [], 'retry-after') !== undefined
}

function variantOf({ kind }: Step): string {
  if (kind.endsWith('-metadata')) return 'metadata'
  return kind === 'mcp' || kind === 'registration' ? kind : 'token'
}
