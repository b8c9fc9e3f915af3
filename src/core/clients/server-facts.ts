import type { Flow } from '../flow/flow.ts'
import type {
  AuthorizationResponse,
  Challenge,
  Registration,
  ResourceMetadata,
  ServerMetadata,
  Step,
  StepKind,
  StepOf,
  TokenCall,
} from '../step/step.ts'
import { type JsonObject, objectOf } from '../wire/json.ts'
import { origin } from '../wire/url.ts'
import { leadsTo } from '../wire/wellknown.ts'

/** What logins at one MCP endpoint have shown of its servers; undefined, or empty, is what they have not. */
export interface ServerFacts {
  readonly target: string
  /** The first answer that asks for a login. */
  readonly challenge: Challenge | undefined
  /** Answers to requests for resource metadata. */
  readonly asked: readonly ResourceMetadata[]
  readonly resourceMetadata: ResourceMetadata | undefined
  /** The issuer that the resource metadata lists first, which is the one that clients take. */
  readonly listed: string | undefined
  readonly serverMetadata: ServerMetadata | undefined
  readonly server: JsonObject | undefined
  readonly registration: Registration | undefined
  readonly response: { readonly step: Step; readonly iss: string | undefined } | undefined
  readonly token: TokenCall | undefined
}

/** One for each endpoint, in the order in which they were called first. */
export function serverFacts(flows: readonly Flow[]): ServerFacts[] {
  const targets = [...new Set(flows.flatMap(({ target }) => target ?? []))]
  return targets.map((target) =>
    factsOf(
      target,
      flows.filter((flow) => flow.target === target),
    ),
  )
}

function factsOf(target: string, flows: readonly Flow[]): ServerFacts {
  const of = <const Kind extends StepKind>(kind: Kind): StepOf<Kind>[] =>
    flows.flatMap((flow) => flow.of(kind))
  const asked = of('resource-metadata')
  const resourceMetadata =
    asked.findLast(({ ok }) => ok) ?? flows.map((flow) => flow.resourceMetadata).find(Boolean)
  const listed = resourceMetadata?.authorizationServers[0]
  const issuer = listed ?? origin(target)
  const found = of('server-metadata').filter(({ ok }) => ok)
  const serverMetadata =
    found.findLast(({ url }) => issuer !== undefined && leadsTo(issuer, url)) ??
    (listed === undefined ? undefined : found.at(-1))
  return {
    target,
    challenge: of('challenge').find(({ presented }) => presented === undefined),
    asked,
    resourceMetadata,
    listed,
    serverMetadata,
    server: serverMetadata && objectOf(serverMetadata.document),
    registration: of('registration').findLast(({ ok }) => ok),
    response: responseOf(of('callback').at(-1)) ?? answered(of('authorize').at(-1)),
    token: of('token').findLast(({ ok }) => ok),
  }
}

function responseOf(step: (Step & AuthorizationResponse) | undefined): ServerFacts['response'] {
  return step && { step, iss: step.iss }
}

function answered(step: StepOf<'authorize'> | undefined): ServerFacts['response'] {
  return step?.answer && { step, iss: step.answer.iss }
}
