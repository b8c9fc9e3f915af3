import {
  type Flow,
  type Registration,
  type WrongMetadata,
  defineRule,
  isLoopback,
  lacks,
  member,
  objectOf,
  quoted,
  said,
  shortened,
  stringsMember,
  unsafeRedirectUri,
  wrongMetadata,
} from '../../src/core/kit.ts'

const loopback = '{"redirect_uris":["http://127.0.0.1:5000/cb"]}'

export default defineRule({
  id: 'registration/rejected',
  title: 'The authorization server refuses to register the client',
  severity: ['error', 'info'],
  fault: ['authorization-server', 'client'],
  spec: ['RFC 7591 §3.2.2', 'MCP 2025-11-25 Dynamic Client Registration'],
  revisions: 'all',
  seed: [
    { item: 'R-1', variants: ['redirect-uri', 'metadata'], faults: ['client'] },
    {
      item: 'R-4',
      faults: ['authorization-server'],
      when: (_, flow) =>
        member(objectOf(flow.serverMetadata?.document), 'client_id_metadata_document_supported') !==
        true,
    },
  ],
  why: 'Without a registration the client has no client_id, and the login cannot begin.',
  remedy: 'Let clients register, or offer another way to get a client id.',
  explains: ['flow/stalled', 'flow/auth-not-started'],
  aggregates: true,

  on: 'registration',

  *check(step, flow) {
    if (step.status === undefined) return 'silent'
    if (step.status < 400 && step.error === undefined) return step.ok ? undefined : 'silent'
    const causes = flow.causesOf(this, step).filter(({ severity }) => severity === 'error')
    // A gateway that answers in its place refuses no registration.
    if (causes.some(({ fault }) => fault === 'intermediary')) return 'silent'
    const { variant, fault: usual, text, wrong } = reasonOf(step, flow)
    const [cause] = causes
    const fault = cause?.fault === 'client' ? 'client' : usual
    const recovered = flow.after(step, 'registration').some(({ ok }) => ok)
    const { text: words = '', at } = step.refusal ?? {}
    const description = shortened(words.trim(), 200)
    yield {
      variant,
      fault,
      severity: recovered ? 'info' : 'error',
      message:
        `the registration at ${step.url} is answered ${step.status}: ${text}` +
        (description === '' ? '' : ` (${quoted(description)})`) +
        (wrong === undefined ? '' : `; ${wrong.text}`) +
        (recovered ? '; a later attempt succeeded' : ''),
      remedy:
        variant === 'redirect-uri' && forbidden(step).length > 0
          ? `Register an https redirect URI or a loopback one, not ${forbidden(step).map(quoted).join(', ')}.`
          : variant === 'redirect-uri' && isUntyped(step)
            ? `${remedies[variant]!} Servers of OpenID Connect accept them once the client registers with "application_type":"native".`
            : wrong === undefined
              ? remedies[variant]!
              : 'Send the client metadata that the answer and the metadata of the authorization server ask for.',
      found: `${step.status} ${shortened(description === '' ? text : description, 80)}`,
      // That the metadata is at fault is what is left when nothing else is said.
      confidence: variant === 'metadata' ? 'likely' : undefined,
      evidence: [
        { step, at: 'response.status' },
        step.error !== undefined && at !== errorPlace && { step, at: errorPlace },
        at !== undefined && at !== 'response.status' && { step, at },
        { step, at: 'request.json/redirect_uris', note: 'what the client asked for' },
        ...(wrong?.evidence ?? []),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'registered',
        http: answered(
          loopback,
          '201 Created',
          '{"client_id":"app","redirect_uris":["http://127.0.0.1:5000/cb"]}',
        ),
      },
    ],
    bad: [
      {
        name: 'anonymous registration is off',
        http: answered(
          loopback,
          '403 Forbidden',
          `{"error":"insufficient_scope","error_description":"Policy 'Trusted Hosts' rejected request"}`,
        ),
        expect: { variant: 'requires-auth', fault: 'authorization-server', severity: 'error' },
      },
      {
        name: 'loopback redirect URIs are refused',
        http: answered(
          loopback,
          '400 Bad Request',
          '{"error":"invalid_redirect_uri","error_description":"redirect_uri must be https"}',
        ),
        expect: { variant: 'redirect-uri', fault: 'authorization-server' },
      },
      {
        name: 'a redirect URI on plain http is refused',
        http: answered(
          '{"redirect_uris":["http://app.example/cb"]}',
          '400 Bad Request',
          '{"error":"invalid_redirect_uri"}',
        ),
        expect: { variant: 'redirect-uri', fault: 'client' },
      },
      {
        name: 'a scope is refused, and nothing says which there are',
        http: answered(
          '{"redirect_uris":["http://127.0.0.1:5000/cb"],"scope":"everything"}',
          '400 Bad Request',
          '{"error":"invalid_client_metadata","error_description":"scope is not allowed"}',
        ),
        expect: { variant: 'metadata', fault: 'authorization-server' },
      },
    ],
  },
})

/** A registration request with this client metadata, and its answer. */
function answered(metadata: string, status: string, body: string): string {
  return `
          > POST https://as.example/register
          > content-type: application/json

          ${metadata}

          < HTTP/1.1 ${status}

          ${body}`
}

/** Redirect URIs that a server has to refuse. */
function forbidden(step: Registration): string[] {
  return (stringsMember(objectOf(step.sent), 'redirect_uris') ?? []).filter(
    (uri) => unsafeRedirectUri(uri) !== undefined,
  )
}

/** A loopback redirect URI without `application_type`, which OpenID Connect takes for that of a web application. */
function isUntyped(step: Registration): boolean {
  const sent = objectOf(step.sent)
  const uris = stringsMember(sent, 'redirect_uris') ?? []
  return sent !== undefined && lacks(sent, 'application_type') && uris.some(isLoopback)
}

/** What a refusal is about: told by its status, its error code, or its words. */
function reasonOf(step: Registration, flow: Flow): Reason {
  const code = step.error?.error
  const isRefusal = step.status === 400 || step.status === 422
  if (code === 'invalid_redirect_uri' || (isRefusal && said(step, 'redirect-uri') !== undefined))
    return {
      variant: 'redirect-uri',
      fault: forbidden(step).length > 0 ? 'client' : 'authorization-server',
      text: 'the redirect URI is refused',
    }
  if (step.status === 429)
    return {
      variant: 'rate-limited',
      fault: 'authorization-server',
      text: 'too many registrations',
    }
  if (step.status === 401 || step.status === 403)
    return {
      variant: 'requires-auth',
      fault: 'authorization-server',
      text: 'registration is not open to everybody',
    }
  if (step.status === 404 || step.status === 405 || step.status === 501)
    return {
      variant: 'disabled',
      fault: 'authorization-server',
      text: 'there is no registration at that URL',
    }
  if ((step.status ?? 0) >= 500 || code === 'server_error' || code === 'temporarily_unavailable')
    return {
      variant: 'server-error',
      fault: 'authorization-server',
      text: 'the registration endpoint failed',
    }
  if (code !== undefined && !aboutMetadata.has(code))
    return {
      variant: 'not-supported',
      fault: 'authorization-server',
      text: 'the endpoint does not register this client',
    }
  const wrong = wrongMetadata(step, flow)
  return {
    variant: 'metadata',
    fault: wrong === undefined ? 'authorization-server' : 'client',
    text: 'the client metadata is refused',
    ...(wrong === undefined ? {} : { wrong }),
  }
}

const errorPlace = 'response.json/error'

interface Reason {
  readonly variant: string
  readonly fault: 'authorization-server' | 'client'
  readonly text: string
  /** What the client sent against a document in sight. */
  readonly wrong?: WrongMetadata
}

/** Codes that are about what the client sent (RFC 7591 §3.2.2). */
const aboutMetadata = new Set([
  'invalid_client_metadata',
  'invalid_software_statement',
  'unapproved_software_statement',
])

const remedies: Readonly<Record<string, string>> = {
  'requires-auth':
    'Allow registration without an initial access token (with rate limits), advertise Client ID Metadata Documents instead, or hand out client ids.',
  disabled:
    'Enable dynamic registration, or take `registration_endpoint` out of the metadata so that clients ask for a client id.',
  'redirect-uri':
    'Accept loopback redirect URIs of native clients (RFC 8252 §7.3) and https ones, or say which are allowed.',
  'rate-limited':
    'Raise the registration limit for shared addresses, and let clients reuse their registration.',
  'server-error': 'Mend the registration endpoint; its log says what failed.',
  'not-supported':
    'Enable dynamic registration, or take `registration_endpoint` out of the metadata so that clients ask for a client id.',
  metadata:
    'Accept the client metadata that an MCP client has to send, or say which member is refused and why.',
}
