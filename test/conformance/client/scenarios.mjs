import {
  Client,
  ClientCredentialsProvider,
  CrossAppAccessProvider,
  DpopSession,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
  requestJwtAuthorizationGrant,
} from '@modelcontextprotocol/client'
import { SKILLS_EXTENSION_ID, SkillsClient } from '@modelcontextprotocol/client/ext/skills'
import { Application, session } from './sign-in.mjs'

/** The document that the suite's authorization servers know as a client identifier. */
const clientMetadataUrl = 'https://conformance-test.local/client-metadata.json'
const clientInfo = { name: 'authtap-conformance-client', version: '1.0.0' }
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** @typedef {{ serverUrl: string, revision: string | undefined, context: Record<string, any> }} Task */

function newClient(task, options = {}) {
  const modern = task.revision === '2026-07-28'
  return new Client(clientInfo, {
    capabilities: {},
    ...(modern ? { versionNegotiation: { mode: 'auto' } } : {}),
    ...options,
  })
}

function transportTo(task, authProvider) {
  return new StreamableHTTPClientTransport(
    new URL(task.serverUrl),
    authProvider ? { authProvider } : {},
  )
}

/** A session with a server that asks for nothing. */
async function open(task, use, options) {
  const client = newClient(task, options)
  await client.connect(transportTo(task))
  try {
    await use(client)
  } finally {
    await client.close()
  }
}

/** A session in which a user signs in whenever the server asks. */
async function withUser(task, options = {}) {
  const application = await Application.open({ clientMetadataUrl, ...options })
  const client = newClient(task)
  try {
    await session(
      client,
      (provider) => transportTo(task, provider),
      application,
      async (signedIn) => {
        await signedIn(() => client.listTools())
        await signedIn(() => client.callTool({ name: 'test-tool', arguments: {} }))
      },
    )
  } finally {
    application.close()
  }
}

/** A session of a client that has credentials of its own and no user. */
async function withoutUser(task, provider) {
  const client = newClient(task)
  await client.connect(transportTo(task, provider))
  await client.listTools()
  await client.close()
}

function preRegistered(task) {
  const { client_id, client_secret } = task.context
  return withUser(task, { registered: { client_id, client_secret }, clientMetadataUrl: undefined })
}

async function withDpop(task) {
  return withUser(task, { dpop: await DpopSession.create() })
}

function crossAppAccess(task) {
  const { context } = task
  const assertion = async ({ authorizationServerUrl, resourceUrl, fetchFn }) => {
    const grant = await requestJwtAuthorizationGrant({
      tokenEndpoint: context.idp_token_endpoint,
      audience: authorizationServerUrl,
      resource: resourceUrl,
      idToken: context.idp_id_token,
      clientId: context.idp_client_id,
      fetchFn,
    })
    return grant.jwtAuthGrant
  }
  const { client_id: clientId, client_secret: clientSecret } = context
  return withoutUser(task, new CrossAppAccessProvider({ clientId, clientSecret, assertion }))
}

/** Workload identity federation (SEP-1933): a static assertion, a public client, no second try. */
function workloadIdentity(task) {
  let tokens
  return withoutUser(task, {
    redirectUrl: undefined,
    clientMetadata: {
      client_name: clientInfo.name,
      redirect_uris: [],
      grant_types: [jwtBearer],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => ({ client_id: task.context.client_id }),
    tokens: () => tokens,
    saveTokens: (saved) => (tokens = saved),
    redirectToAuthorization: () => Promise.reject(new Error('there is no user')),
    saveCodeVerifier: () => undefined,
    codeVerifier: () => '',
    prepareTokenRequest: (scope) => {
      const params = { grant_type: jwtBearer, assertion: task.context.valid_jwt }
      return new globalThis.URLSearchParams(scope ? { ...params, scope } : params)
    },
  })
}

async function callEachTool(client, toolCalls) {
  const { tools } = await client.listTools()
  for (const { name, arguments: args } of toolCalls(tools))
    await client.callTool({ name, arguments: args })
}

const accept = (content) => (client) =>
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content }))

async function readEverything(client) {
  const { tools } = await client.listTools()
  if (tools[0]) await client.callTool({ name: tools[0].name, arguments: {} })
  const { resources } = await client.listResources()
  if (resources[0]) await client.readResource({ uri: resources[0].uri })
  const { prompts } = await client.listPrompts()
  if (prompts[0]) await client.getPrompt({ name: prompts[0].name, arguments: {} })
}

async function multiRoundTrip(client) {
  accept({ confirmed: true })(client)
  await client.callTool({ name: 'test_mrtr_echo_state', arguments: {} })
  await client.callTool({ name: 'test_mrtr_no_state', arguments: {} })
  await client.callTool({ name: 'test_mrtr_unrelated', arguments: {} })
  // This answer has no resultType: the SDK refuses it, and must not try again.
  await client.callTool({ name: 'test_mrtr_no_result_type', arguments: {} }).catch(() => undefined)
}

async function echoSchema(client) {
  const { tools } = await client.listTools()
  const schema = tools.find(({ name }) => name === 'json_schema_2020_12_tool').inputSchema
  await client.callTool({ name: 'json_schema_echo', arguments: { schema } })
}

const modern = (task) => ({ ...task, revision: '2026-07-28' })

const roaming = { roots: { listChanged: true }, sampling: {}, elicitation: {} }
const skilled = { capabilities: { extensions: { [SKILLS_EXTENSION_ID]: {} } } }

async function firstSkill(client, then) {
  const skills = new SkillsClient(client)
  const { skills: entries } = await skills.list()
  await then?.(skills, entries[0])
}

async function readSkill(skills, skill) {
  await skills.read(skill)
  await skills.read(skill, 'references/FORMS.md')
}

/** @type {Record<string, (task: Task) => Promise<void>>} */
export const scenarios = {
  initialize: (task) => open(task, (client) => client.listTools()),
  tools_call: (task) =>
    open(task, (client) =>
      callEachTool(client, () => [{ name: 'add_numbers', arguments: { a: 5, b: 3 } }]),
    ),
  'elicitation-sep1034-client-defaults': (task) =>
    open(
      task,
      async (client) => {
        accept({})(client)
        await client.callTool({ name: 'test_client_elicitation_defaults', arguments: {} })
      },
      { capabilities: { elicitation: { form: { applyDefaults: true } } } },
    ),
  'sse-retry': (task) =>
    open(task, (client) =>
      callEachTool(client, () => [{ name: 'test_reconnection', arguments: {} }]),
    ),
  'request-metadata': (task) =>
    open(modern(task), (client) => client.listTools(), { capabilities: roaming }),
  'sep-2322-client-request-state': (task) =>
    open(modern(task), multiRoundTrip, { capabilities: { elicitation: {} } }),
  'http-standard-headers': (task) => open(modern(task), readEverything),
  'http-custom-headers': (task) =>
    open(modern(task), (client) => callEachTool(client, () => task.context.toolCalls)),
  'http-invalid-tool-headers': (task) =>
    open(modern(task), (client) =>
      callEachTool(client, (tools) =>
        tools.map(({ name }) => ({ name, arguments: { region: 'us-west1' } })),
      ),
    ),
  'json-schema-ref-no-deref': (task) => open(task, (client) => client.listTools()),
  'json-schema-2020-12-preservation': (task) => open(task, echoSchema),
  'sep-2640-client-no-prefetch': (task) => open(task, (client) => firstSkill(client), skilled),
  'sep-2640-client-verify-digest': (task) =>
    open(task, (client) => firstSkill(client, readSkill), skilled),
  'sep-2640-client-verify-size': (task) =>
    open(task, (client) => firstSkill(client, readSkill), skilled),
  'sep-2640-client-verify-frontmatter': (task) =>
    open(task, (client) => firstSkill(client, readSkill), skilled),
  'auth/pre-registration': preRegistered,
  'auth/client-credentials-jwt': (task) =>
    withoutUser(
      task,
      new PrivateKeyJwtProvider({
        clientId: task.context.client_id,
        privateKey: task.context.private_key_pem,
        algorithm: task.context.signing_algorithm ?? 'ES256',
      }),
    ),
  'auth/client-credentials-basic': (task) =>
    withoutUser(
      task,
      new ClientCredentialsProvider({
        clientId: task.context.client_id,
        clientSecret: task.context.client_secret,
      }),
    ),
  'auth/enterprise-managed-authorization': crossAppAccess,
  'auth/dpop': withDpop,
  'auth/dpop-nonce': withDpop,
  'auth/wif-jwt-bearer': workloadIdentity,
}

/** What to do in a scenario: its own play, or for the other authorization scenarios that of a user who signs in. */
export function play(name) {
  return scenarios[name] ?? (name.startsWith('auth/') ? withUser : undefined)
}
