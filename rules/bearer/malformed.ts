import {
  type Challenge,
  type Flow,
  type McpCall,
  callsWith,
  defineRule,
  isLabel,
  lacksScope,
  presentedExpiry,
  said,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/malformed',
  title: 'The Authorization field holds no proper Bearer credentials',
  severity: ['error'],
  fault: ['client', 'resource-server'],
  spec: ['RFC 6750 §2.1', 'OAuth 2.1 §5.1.1', 'RFC 9110 §11.4'],
  revisions: 'all',
  reads: ['authorization'],
  seed: [
    { item: 'T-1', faults: ['client'] },
    { item: 'T-3', faults: ['client'] },
  ],
  why: 'A server looks for the scheme `Bearer`, one space, and the token as it was issued; whatever else it gets, it takes for no token or a wrong one.',
  remedy:
    'Send one field `Authorization: Bearer <access_token>` with the token exactly as the token endpoint gave it.',
  explains: [
    'bearer/fresh-token-rejected',
    'bearer/issued-token-not-used',
    'bearer/missing',
    'flow/reauth-loop',
    'flow/stalled',
    'intermediary/authorization-stripped',
  ],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    const [raw] = step.authorization
    if (raw === undefined || step.presented === undefined) return 'silent'
    if (step.kind === 'mcp' && step.ok) return
    if (step.kind === 'mcp' && (step.status ?? 0) < 400) return 'silent'
    const accepted = acceptedAs(step, flow)
    if (accepted !== undefined) {
      yield {
        variant: 'lowercase-scheme-rejected',
        fault: 'resource-server',
        message: `the server refuses a token as ${step.presented.scheme} that it accepts as ${accepted.presented!.scheme}`,
        remedy: 'Compare the name of the scheme without regard to case (RFC 9110 §11.1).',
        evidence: [
          { step, at: 'request.header.authorization', note: 'refused' },
          { step: accepted, at: 'request.header.authorization', note: 'the same token, accepted' },
        ],
      }
      return
    }
    const wrong = faultOf(step, raw, flow)
    if (wrong === undefined) return
    // One mistake is told once, at its first call.
    const first = flow.mcpCalls.find(
      (call) => call.authorization[0] === raw && !(call.kind === 'mcp' && call.ok),
    )
    if (first !== step) return 'silent'
    yield {
      variant: wrong.variant,
      confidence: wrong.variant === 'wrong-scheme' ? 'likely' : 'certain',
      message: `the client sends ${wrong.text}, and the server answers ${step.status}`,
      found: wrong.text,
      evidence: [
        { step, at: 'request.header.authorization', note: wrong.text },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      { name: 'the scheme, a space, the token', http: '${opening only challenge token mcp}' },
      {
        name: 'a proper field that is refused for what it holds',
        http: `
          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
      },
    ],
    bad: [
      {
        name: 'the scheme is missing',
        http: `
          > POST https://mcp.example/mcp
          > authorization: \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
        expect: { variant: 'no-scheme', fault: 'client' },
      },
      {
        name: 'the token was never filled in',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer undefined

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
        expect: { variant: 'placeholder', fault: 'client' },
      },
    ],
  },
})

type Call = McpCall | Challenge

/** The same token, refused in no other way than for its spelling of the scheme: under another one it is accepted. */
function acceptedAs(step: Call, flow: Flow): Call | undefined {
  const { scheme, token } = step.presented!
  if (scheme.toLowerCase() !== 'bearer') return undefined
  if (step.kind !== 'challenge' || lacksScope(step)) return undefined
  if ((presentedExpiry(step, flow) ?? Infinity) <= step.exchange.startedAt) return undefined
  const accepted = callsWith(token, flow).filter((call) => call.kind === 'mcp' && call.ok)
  if (accepted.some((call) => call.presented!.scheme === scheme)) return undefined
  return accepted.find((call) => call.presented!.scheme.toLowerCase() === 'bearer')
}

const placeholders =
  /^(?:undefined|null|none|nan|true|false|\[object \w+\]|<[^>]{1,40}>|\$\{?[^}]{0,40}\}?|\{\{.{0,40}\}\}|your[-_ ].{0,40}|access_token|token)$/i
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

/** What is wrong with the field; undefined where it is well formed, or as the token endpoint gave it. */
function faultOf(
  step: Call,
  raw: string,
  flow: Flow,
): { variant: string; text: string } | undefined {
  const { scheme, token } = step.presented!
  const { value } = token
  if (step.authorization.length > 1 || /^bearer .*,\s*bearer /i.test(raw.slice(0, 4000)))
    return { variant: 'multiple-values', text: 'more than one credential' }
  if (placeholders.test(value) && value.length < 60)
    return { variant: 'placeholder', text: 'a placeholder in place of the token' }
  if (scheme === '') return { variant: 'no-scheme', text: 'a credential without the word Bearer' }
  if (/^bearer[:=]$/i.test(scheme))
    return { variant: 'wrong-scheme', text: 'the scheme with a colon or an equals sign after it' }
  // A label stands for what was removed.
  if (isLabel(value) && flow.issuedBy(step.presented) === undefined) return undefined
  const isIssued = flow.issuedBy(step.presented) !== undefined
  if (/^(?:token|jwt|basic|apikey|oauth)$/i.test(scheme) && isIssued)
    return { variant: 'wrong-scheme', text: `the access token under the scheme ${scheme}` }
  if (!/^bearer$/i.test(scheme) || isIssued) return undefined
  if (/^bearer[ :]/i.test(value))
    return { variant: 'doubled-scheme', text: 'the word Bearer twice' }
  if (/^["'{<[]/.test(value))
    return { variant: 'quoted', text: 'a token in quotation marks or brackets' }
  if (/\s/.test(value)) return { variant: 'whitespace', text: 'white space within the token' }
  // Some servers issue tokens with other characters, so only the server's word makes it a fault.
  return token68.test(value) || said(step, 'token-format') === undefined
    ? undefined
    : { variant: 'whitespace', text: 'characters that no token has' }
}
