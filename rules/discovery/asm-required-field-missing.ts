import {
  type JsonObject,
  type Place,
  type ServerMetadata,
  type Flow,
  defineRule,
  lacks,
  member,
  misspelt,
  objectOf,
  quoted,
  pointerPart,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/asm-required-field-missing',
  title: 'The authorization server metadata lacks a required member',
  severity: ['error', 'warning'],
  fault: ['authorization-server'],
  spec: ['RFC 8414 §2', 'OIDC Discovery §3'],
  revisions: 'all',
  seed: ['D-2'],
  why: 'The client does not know the next endpoint, and a client that checks metadata against a schema rejects the whole document.',
  remedy:
    'Add the missing members, with endpoints as absolute https URLs, and check how the names are spelled.',
  explains: [
    'authorization/valid-response-rejected',
    'discovery/asm-issuer-mismatch#missing-issuer',
    'flow/auth-not-started',
    'flow/stalled',
    'pkce/support-not-advertised',
    'registration/no-usable-mechanism',
  ],

  on: 'server-metadata',

  *check(step, flow) {
    const document = objectOf(step.document)
    if (!step.ok || document === undefined) return 'silent'
    const core = requiredOf(document).filter((name) => lacks(document, name))
    const oidc = step.form === 'openid' ? oidcMembers.filter((name) => lacks(document, name)) : []
    const missing = [...core, ...oidc]
    if (missing.length === 0) return
    const slips = missing.flatMap((name) => {
      const found = misspelt(document, name)
      return found === undefined ? [] : [{ name, found }]
    })
    yield {
      variant: variantOf(missing, slips),
      severity: core.length === 0 || wentOn(core, step, flow) ? 'warning' : 'error',
      message:
        `the metadata at ${step.url} has no ${missing.join(', ')}` +
        slips
          .map(({ name, found }) => `; found ${quoted(found)}, expected ${quoted(name)}`)
          .join(''),
      found: `no ${missing.join(', ')}`,
      remedy:
        slips.length > 0
          ? `Spell ${slips.map(({ name, found }) => `${quoted(found)} as ${quoted(name)}`).join(', ')}.`
          : `Add ${missing.join(', ')} to the metadata document, endpoints as absolute https URLs.`,
      evidence: [
        ...missing.map((name) => ({
          step,
          at: `response.json/${name}` as Place,
          note: `required${oidcMembers.includes(name) ? ' in an OpenID configuration' : ''}; absent`,
        })),
        ...slips.map(({ name, found }) => ({
          step,
          at: `response.json/${pointerPart(found)}` as Place,
          note: `stands as ${found}, probably meant as ${name}`,
        })),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'all that RFC 8414 requires, without keys or scopes',
        http: '${opening only server-metadata}',
      },
    ],
    bad: [
      {
        name: 'the token endpoint is lacking',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/a","response_types_supported":["code"]}`,
        expect: { variant: 'token_endpoint', severity: 'error' },
      },
    ],
  },
})

const oidcMembers = ['jwks_uri', 'subject_types_supported', 'id_token_signing_alg_values_supported']

/** Members that such a document must have; endpoints only where a grant on offer uses them (RFC 8414 §2). */
function requiredOf(document: JsonObject): string[] {
  const listed = member(document, 'grant_types_supported')
  const offered = (grant: string) => !Array.isArray(listed) || listed.includes(grant)
  const implicitOnly = Array.isArray(listed) && listed.every((grant) => grant === 'implicit')
  return [
    'issuer',
    ...(offered('authorization_code') || offered('implicit') ? ['authorization_endpoint'] : []),
    ...(implicitOnly ? [] : ['token_endpoint']),
    'response_types_supported',
  ]
}

function variantOf(missing: readonly string[], slips: readonly unknown[]): string {
  if (slips.length > 0) return 'misspelled'
  return missing.every((name) => oidcMembers.includes(name)) ? 'oidc-members' : missing[0]!
}

/** The client got what it needed elsewhere, or went on without it. */
function wentOn(missing: readonly string[], step: ServerMetadata, flow: Flow): boolean {
  return (
    flow.after(step, 'token').some(({ ok }) => ok) ||
    flow.after(step, 'server-metadata').some(({ ok, url }) => ok && url !== step.url) ||
    missing.every((name) => didWithout(name, step, flow))
  )
}

const used = {
  token_endpoint: ['token'],
  authorization_endpoint: ['pushed-request', 'authorize', 'token'],
} as const

/** What a member leads to was asked for all the same, and found there. */
function didWithout(name: string, step: ServerMetadata, flow: Flow): boolean {
  const kinds = name in used ? used[name as keyof typeof used] : stepsOfLogin
  return flow.after(step, ...kinds).some(({ status }) => status !== 404 && status !== 405)
}

const stepsOfLogin = ['registration', 'pushed-request', 'authorize', 'token'] as const
