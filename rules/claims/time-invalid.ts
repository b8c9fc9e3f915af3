import {
  type Flow,
  type TokenCall,
  claimAt,
  defineRule,
  firstRefusal,
  header,
  member,
  quoted,
  said,
  wasLetIn,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'claims/time-invalid',
  title: 'The times in the token do not fit the clock',
  severity: ['error'],
  fault: ['authorization-server', 'resource-server'],
  spec: ['RFC 7519 §4.1', 'RFC 9068 §4', 'RFC 6749 §5.1'],
  revisions: 'all',
  why: 'A server must refuse a token before its time and after it, so a fresh login ends in 401.',
  remedy:
    'Synchronise the clock (NTP) of the authorization server, and issue tokens whose `nbf` and `iat` lie in the past and whose `exp` lies ahead, all in seconds.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'audience/aud-missing',
  ],

  on: 'token',

  *check(step, flow) {
    const token = step.accessToken
    if (token?.format !== 'jwt') return 'silent'
    const claim = (name: string) => {
      const value = member(token.claims, name)
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined
    }
    const [early, late] = clocksOf(step)
    const [exp, nbf, iat] = ['exp', 'nbf', 'iat'].map(claim)
    // Whoever takes the token has shown that its clock agrees.
    if (wasLetIn(token, flow)) return
    const refusal =
      firstRefusal(token, flow) ?? flow.usesOf(step).find((use) => use.kind === 'challenge')
    const seen =
      refusal === undefined
        ? []
        : [{ step: refusal, at: 'response.status' as const, note: 'refused' }]

    const inMilliseconds = ['exp', 'nbf', 'iat'].find((name) => (claim(name) ?? 0) > milliseconds)
    if (inMilliseconds !== undefined) {
      yield {
        variant: 'milliseconds',
        message: `the token says ${inMilliseconds}=${claim(inMilliseconds)}, which is in milliseconds; RFC 7519 counts seconds`,
        remedy: 'Write `exp`, `nbf` and `iat` in seconds since 1970.',
        evidence: [{ step, at: claimAt(step, inMilliseconds) }, ...seen],
      }
      return
    }
    if (exp !== undefined && exp <= early) {
      yield {
        variant: 'expired-at-issue',
        message: `the token says exp=${exp}, and had expired ${Math.round(early - exp)} s before it was issued`,
        evidence: [{ step, at: claimAt(step, 'exp') }, dateOf(step), ...seen],
      }
      return
    }
    const ahead = [['nbf', nbf] as const, ['iat', iat] as const].find(
      ([, time]) => (time ?? 0) > late + leeway,
    )?.[0]
    if (ahead !== undefined) {
      yield {
        variant: 'future-nbf',
        message: `the token says ${ahead}=${claim(ahead)}, which is ${Math.round(claim(ahead)! - late)} s after it was issued`,
        evidence: [{ step, at: claimAt(step, ahead) }, dateOf(step), ...seen],
      }
      return
    }
    const blamed = refusal === undefined ? undefined : said(refusal, 'expired', 'not-yet-valid')
    if (refusal?.kind !== 'challenge' || blamed === undefined) return
    // The token is in its time by every clock but the one that judged it.
    const theirs = dateIn(refusal)
    const at = refusal.exchange.startedAt / 1000
    if ((exp ?? Infinity) <= at || theirs === undefined || Math.abs(theirs - at) <= leeway) return
    yield {
      variant: 'clock-skew',
      fault: 'resource-server',
      message: `the MCP server says ${quoted(blamed.words)} to a token that is in its time; its clock is ${Math.round(Math.abs(theirs - at))} s ${theirs > at ? 'ahead' : 'behind'}`,
      remedy: 'Synchronise the clock of the MCP server (NTP), and allow a small leeway.',
      evidence: [
        { step: refusal, at: 'response.header.date', note: 'its clock' },
        { step: refusal, at: blamed.at },
        { step, at: claimAt(step, 'exp') },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'issued now, good for an hour',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"iat":1767268800,"exp":1767272400}}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'not valid before an hour has passed',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 200 OK
          < date: Thu, 01 Jan 2026 12:00:00 GMT

          {"access_token":"\${jwt {"nbf":1767272400,"exp":1767276000}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"nbf":1767272400,"exp":1767276000}}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
        expect: { variant: 'future-nbf', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'expired before it was issued',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"exp":1767268000}}","token_type":"Bearer"}`,
        expect: { variant: 'expired-at-issue', severity: 'error' },
      },
    ],
  },
})

/** Clocks may differ by so much, in seconds. */
const leeway = 60
/** No second of this millennium has so high a number. */
const milliseconds = 100_000_000_000

/**
 * What the time was when the answer came, in seconds: by its Date and by the clock of the capture, the earlier one first.
 * Where the two disagree, one of them is wrong, and only what is wrong by both is proven.
 */
function clocksOf(step: TokenCall): [early: number, late: number] {
  const ours = (step.exchange.endedAt ?? step.exchange.startedAt) / 1000
  const theirs = dateIn(step) ?? ours
  return [Math.min(ours, theirs), Math.max(ours, theirs)]
}

function dateIn({ exchange }: TokenCall | ReturnType<Flow['of']>[number]): number | undefined {
  const parsed = Date.parse(header(exchange.response?.headers ?? [], 'date') ?? '')
  return Number.isNaN(parsed) ? undefined : parsed / 1000
}

function dateOf(step: TokenCall) {
  return (
    dateIn(step) !== undefined && { step, at: 'response.header.date' as const, note: 'its clock' }
  )
}
