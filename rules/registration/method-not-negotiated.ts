import {
  type Authorize,
  type Draft,
  type Flow,
  type Pointer,
  type Registration,
  type ServerMetadata,
  type StepOf,
  type TokenCall,
  clientDocument,
  defineRule,
  documentMethods,
  hasKeys,
  isDocumentId,
  lacks,
  listedMethods,
  objectOf,
  parameterPlace,
  quoted,
  refusedAuthentication,
  stoppedAtCode,
  stringMember,
  takesClientDocuments,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/method-not-negotiated',
  title: 'Client and server share no way to authenticate the client',
  severity: ['error', 'warning'],
  fault: ['authorization-server', 'client', 'undetermined'],
  spec: ['RFC 8414 §2', 'RFC 7591 §2', 'CIMD §8.2'],
  revisions: 'all; Client ID Metadata Documents from 2025-11-25',
  seed: [
    { item: 'R-2', variants: ['document-and-request-differ'] },
    { item: 'R-4', faults: ['authorization-server'] },
  ],
  why: 'The code is issued, and no client can redeem it in a way that the server lists; hosted clients stop without a word.',
  remedy:
    'List in `token_endpoint_auth_methods_supported` every method that you hand out or accept, "none" for public clients included.',
  explains: [
    'registration/client-unknown-to-as',
    'token/client-auth-mismatch',
    'token/error-response',
    'registration/rejected',
    'flow/auth-not-started',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['server-metadata', 'registration', 'client-metadata', 'authorize', 'token'],

  *check(step, flow) {
    switch (step.kind) {
      case 'server-metadata':
        return yield* offered(step, flow)
      case 'registration':
        return yield* registered(step, flow)
      case 'client-metadata':
        return yield* published(step, flow)
      case 'authorize':
        return yield* begun(step, flow)
      case 'token':
        return yield* redeemed(step, flow)
    }
  },

  examples: {
    good: [{ name: 'a public client, and "none" listed', http: '${opening until token}' }],
    bad: [
      {
        name: 'only secrets are listed, and "none" is handed out and refused',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","registration_endpoint":"https://as.example/register","token_endpoint_auth_methods_supported":["client_secret_post"]}

          \${opening only registration}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
        expect: { variant: 'none-not-listed', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'a key is promised and never published',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["https://app.example/cb"],"token_endpoint_auth_method":"private_key_jwt"}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_client_metadata","error_description":"jwks or jwks_uri required"}`,
        expect: { variant: 'no-jwks', severity: 'error', fault: 'client' },
      },
    ],
  },
})

const name = 'token_endpoint_auth_method'
const listPlace = 'response.json/token_endpoint_auth_methods_supported'

/** Methods that a client can use which shares no secret with the server. */
const withoutSecret = ['none', 'private_key_jwt']

/** What the server lists against what the client is to use, and what came of it. */
function unlisted(
  method: string,
  list: readonly string[],
  metadata: ServerMetadata,
  stopped: string | undefined,
  client = `the client is to authenticate with ${quoted(method)}`,
): Omit<Draft, 'evidence'> & { list: Pointer } {
  return {
    variant: `${method.replaceAll('_', '-')}-not-listed`,
    severity: stopped === undefined ? 'warning' : 'error',
    message: `${client}, and ${metadata.issuer ?? metadata.url} lists ${listed(list)}${stopped ?? ''}`,
    remedy: `List ${quoted(method)} in \`token_endpoint_auth_methods_supported\`, or hand out and accept only what is listed there.`,
    list: { step: metadata, at: listPlace, note: `does not hold ${quoted(method)}` },
  }
}

function listed(methods: readonly string[]): string {
  return methods.map(quoted).join(', ')
}

function refusedAt(refusal: TokenCall | undefined): Pointer[] {
  if (refusal === undefined) return []
  return [
    { step: refusal, at: 'response.status' },
    { step: refusal, at: 'response.body' },
  ]
}

function whatStopped(refusal: TokenCall | undefined, atCode: boolean): string | undefined {
  if (refusal !== undefined)
    return `; the token endpoint answers ${refusal.error?.error ?? refusal.status}`
  return atCode ? '; the client stops after the code' : undefined
}

/** A server that takes documents alone and lists no "none", which most clients with a document need. */
function* offered(step: ServerMetadata, flow: Flow): Generator<Draft, 'silent' | void> {
  const list = listedMethods(step)
  const document = objectOf(step.document)
  if (document === undefined || list === undefined || !takesClientDocuments(step)) return 'silent'
  if (list.includes('none') || !lacks(document, 'registration_endpoint')) return
  const later = flow.after(step, 'server-metadata', 'registration', 'authorize', 'token')
  const wanted = flow.before(step, 'challenge').length > 0
  if (later.length > 0 || !wanted || !flow.waited('backChannel')) return
  yield {
    variant: 'none-not-listed',
    confidence: 'likely',
    ...(list.includes('private_key_jwt')
      ? undetermined({
          'authorization-server': 'it lists no "none" for clients without a key',
          client: 'it has no key for private_key_jwt',
        })
      : {}),
    message: `${step.issuer ?? step.url} takes Client ID Metadata Documents and lists ${listed(list)}, not "none"; the client stopped after reading this`,
    remedy: 'Add "none" to `token_endpoint_auth_methods_supported`, beside the flag for documents.',
    evidence: [
      { step, at: listPlace, note: 'holds no "none"' },
      { step, at: 'response.json/client_id_metadata_document_supported' },
    ],
  }
}

/** What a registration response hands out against what the same server lists. */
function* registered(step: Registration, flow: Flow): Generator<Draft, 'silent' | void> {
  const [sent, answer] = [objectOf(step.sent), objectOf(step.received)]
  const [asked, given] = [sent, answer].map((one) => stringMember(one, name))
  // Whoever gets a secret without a word about the method is to use it.
  const isGivenSecret = answer !== undefined && !lacks(answer, 'client_secret')
  const method = given ?? (isGivenSecret ? undefined : asked)
  const refusal = refusedAuthentication(step.clientId, step, flow)
  // A server that hands out another method makes the keys needless.
  if (asked === 'private_key_jwt' && method === asked && !hasKeys(sent) && !hasKeys(answer)) {
    yield withoutKeys(step, 'request', !step.ok || refusal !== undefined)
    return
  }
  if (method === undefined) return 'silent'
  const metadata = flow.serverMetadata
  const list = listedMethods(metadata)
  if (!step.ok || metadata === undefined || list === undefined) return 'silent'
  if (list.includes(method)) return
  const stopped = whatStopped(refusal, stoppedAtCode(step, flow))
  const { list: place, ...draft } = unlisted(method, list, metadata, stopped)
  yield {
    ...draft,
    evidence: [
      place,
      given === undefined
        ? { step, at: `request.json/${name}`, note: 'what was asked for, and not refused' }
        : { step, at: `response.json/${name}`, note: 'what it hands out' },
      ...refusedAt(refusal),
    ],
  }
}

/** Client metadata that promises a key and holds none. */
function withoutKeys(
  step: Registration | StepOf<'client-metadata'>,
  side: 'request' | 'response',
  refused: boolean,
): Draft {
  return {
    variant: 'no-jwks',
    fault: 'client',
    severity: refused ? 'error' : 'warning',
    message: `the client metadata ${side === 'request' ? 'that is sent to' : 'at'} ${step.url} says private_key_jwt and names neither jwks nor jwks_uri`,
    remedy: 'Publish the public key in `jwks` or at `jwks_uri`, or use "none".',
    evidence: [
      { step, at: `${side}.json/${name}` },
      { step, at: `${side}.json/jwks_uri`, note: 'there is neither this nor jwks' },
    ],
  }
}

function* published(
  step: StepOf<'client-metadata'>,
  flow: Flow,
): Generator<Draft, 'silent' | void> {
  const content = clientDocument(step.url, flow)?.content
  if (content === undefined) return 'silent'
  if (!documentMethods(content).includes('private_key_jwt') || hasKeys(content)) return
  yield withoutKeys(step, 'response', refusedAuthentication(step.url, step, flow) !== undefined)
}

/** A client that is a document, against what the server lists. */
function* begun(step: Authorize, flow: Flow): Generator<Draft, 'silent' | void> {
  const metadata = flow.serverMetadataOf(step)
  const list = listedMethods(metadata)
  if (!isDocumentId(step.clientId) || metadata === undefined || list === undefined) return 'silent'
  if (!takesClientDocuments(metadata)) return 'silent'
  const document = clientDocument(step.clientId, flow)
  const call = flow.after(step, 'token').find(({ clientId }) => clientId === step.clientId)
  const used = call === undefined || call.clientAuth === 'multiple' ? [] : [call.clientAuth]
  const own = document === undefined ? used : documentMethods(document.content)
  const usable = withoutSecret.some((method) => list.includes(method))
  if (own.length === 0 ? usable : own.some((method) => list.includes(method))) return
  const refusal = refusedAuthentication(step.clientId, step, flow)
  const stopped = whatStopped(refusal, stoppedAtCode(step, flow))
  const { list: place, ...draft } =
    own[0] === undefined
      ? unlisted('none', list, metadata, stopped, 'the client is a document, which has no secret')
      : unlisted(own[0], list, metadata, stopped)
  yield {
    ...draft,
    // Where the list holds what a document can do with, the client ignores it; a server that lists nothing of the sort, or
    // takes what it does not list, contradicts itself.
    ...(usable && call?.ok !== true
      ? { fault: 'client', remedy: `Authenticate with ${list.map(quoted).join(' or ')}.` }
      : {}),
    evidence: [
      place,
      document && { step: document.step, at: `response.json/${name}` },
      call !== undefined &&
        used.length > 0 && {
          step: call,
          at: 'request.body',
          note: `authenticates with ${used[0]}`,
        },
      { ...parameterPlace(step, 'client_id', flow), note: 'a client metadata document' },
      ...refusedAt(refusal),
    ],
  }
}

/** What a document says against what its client does. */
function* redeemed(step: TokenCall, flow: Flow): Generator<Draft, 'silent' | void> {
  const document = isDocumentId(step.clientId) ? clientDocument(step.clientId, flow) : undefined
  const methods = document === undefined ? [] : documentMethods(document.content)
  if (document === undefined || methods.length === 0 || step.clientAuth === 'multiple')
    return 'silent'
  if (methods.includes(step.clientAuth)) return
  yield {
    variant: 'document-and-request-differ',
    fault: 'client',
    severity: step.ok ? 'warning' : 'error',
    message: `the client metadata document says ${listed(methods)}, and the token request uses ${quoted(step.clientAuth)}`,
    remedy: 'Authenticate as the client metadata document says, or change the document.',
    evidence: [
      { step: document.step, at: `response.json/${name}` },
      { step, at: 'request.body', note: `authenticates with ${step.clientAuth}` },
      { step, at: 'response.status' },
    ],
  }
}
