import {
  type JsonObject,
  type Place,
  type Registration,
  defineRule,
  header,
  lacks,
  member,
  objectOf,
  unusableMembers,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/response-invalid',
  title: 'The registration response is unusable or incomplete',
  severity: ['error', 'warning', 'info'],
  fault: ['authorization-server'],
  spec: ['RFC 7591 §3.2.1'],
  revisions: 'all',
  seed: [{ item: 'R-4', severity: 'error' }],
  threads: ['https://github.com/anthropics/claude-code/issues/13685'],
  why: 'A client that checks the response against a schema discards the registration, although the server made it.',
  remedy:
    'Answer 201 with every registered member in its JSON type, `redirect_uris` included, and leave out members without a value.',
  explains: ['flow/stalled', 'flow/auth-not-started', 'token/client-auth-mismatch'],

  on: 'registration',

  *check(step, flow) {
    if (step.status === undefined || step.status < 200 || step.status > 299) return 'silent'
    const document = objectOf(step.received)
    if (document === undefined) {
      yield {
        variant: 'not-json',
        message: `the registration is answered ${step.status} with a body that is ${step.received.kind.replaceAll('-', ' ')}`,
        evidence: [{ step, at: 'response.body', note: 'must be a JSON object with client_id' }],
      }
      return
    }
    const isUsed = flow
      .after(step, 'authorize', 'pushed-request', 'token')
      .some((later) => step.clientId !== undefined && later.clientId === step.clientId)
    for (const { variant, severity, text, at, more = [], note } of flaws(step, document))
      yield {
        variant,
        // A client that goes on with it shows that it can be read; others would not.
        severity:
          severity === 'error' && (isUsed || !flow.waited('backChannel')) ? 'warning' : severity,
        message: `the registration response of ${step.url} ${text}`,
        evidence: [at, ...more].map((place) => ({
          step,
          at: place,
          note:
            note ?? `${place.slice(place.indexOf('/') + 1)} is missing, empty or of the wrong type`,
        })),
      }
  },

  examples: {
    good: [{ name: 'complete', http: '${opening only registration}' }],
    bad: [
      {
        name: 'a member that is null, and one that is empty',
        http: `
          \${opening only registration unanswered}

          < HTTP/1.1 201 Created

          {"client_id":"app","redirect_uris":["http://127.0.0.1:5000/cb"],"grant_types":null,"client_uri":""}`,
        expect: { variant: 'null-or-empty-members', severity: 'error' },
      },
    ],
  },
})

interface Flaw {
  readonly variant: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly text: string
  readonly at: Place
  /** Further places of the same sort. */
  readonly more?: readonly Place[]
  readonly note?: string
}

function* flaws(step: Registration, document: JsonObject): Generator<Flaw> {
  const hasSecret = typeof member(document, 'client_secret') === 'string'

  const id = member(document, 'client_id')
  if (typeof id !== 'string' || id === '')
    yield {
      variant: 'client-id-missing',
      severity: 'error',
      text: 'has no client_id',
      at: 'response.json/client_id',
    }
  const rejected = unusableMembers(document)
  if (rejected.length > 0)
    yield {
      variant: 'null-or-empty-members',
      severity: 'error',
      text: `has members that strict clients reject: ${rejected.join(', ')}`,
      at: `response.json/${rejected[0]!}`,
      more: rejected.slice(1).map((name): Place => `response.json/${name}`),
    }
  const sent = member(objectOf(step.sent), 'redirect_uris')
  if (Array.isArray(sent) && sent.length > 0 && lacks(document, 'redirect_uris'))
    yield {
      variant: 'redirect-uris-not-echoed',
      severity: 'warning',
      text: 'does not return redirect_uris',
      at: 'response.json/redirect_uris',
    }
  if (hasSecret && member(document, 'client_secret_expires_at') === undefined)
    yield {
      variant: 'secret-expiry-missing',
      severity: 'warning',
      text: 'has a client_secret without client_secret_expires_at',
      at: 'response.json/client_secret_expires_at',
    }
  if (step.status === 200)
    yield {
      variant: 'status-200',
      severity: 'info',
      text: 'has the status 200 instead of 201',
      at: 'response.status',
      note: 'RFC 7591 says 201',
    }
  if (hasSecret && header(step.exchange.response!.headers, 'cache-control') === undefined)
    yield {
      variant: 'cacheable',
      severity: 'info',
      text: 'holds a client_secret and does not forbid caching',
      at: 'response.header.cache-control',
      note: 'should be no-store',
    }
}
