import type { ExchangeEvent } from '../../core/verdict/event.ts'
import { header } from '../../core/wire/exchange.ts'
import { stringMember } from '../../core/wire/json.ts'
import { readToken } from '../../core/wire/jwt.ts'
import { mcpFacts } from '../../core/step/mcp-facts.ts'
import type { JsonObject } from '../../core/wire/json.ts'
import { gatewayOf } from '../../core/providers/gateways.ts'
import { providerOf } from '../../core/providers/known.ts'
import type { JudgedCapture } from './judged-capture.ts'
import { type Role, rolesOf } from './lanes.ts'

export interface PartyLine {
  readonly party: string
  /** What it says of itself, the most telling first; empty when it said nothing. */
  readonly facts: readonly string[]
}

/** Who took part, and in which versions, as far as they say so themselves. */
export function partyLines(capture: JudgedCapture): PartyLine[] {
  const facts = new Facts()
  for (const event of capture.exchanges) readFacts(event, facts)
  for (const { resource, issuer, revision, registration, clientId } of capture.report.flows) {
    if (resource !== null) facts.add('resource-server', resource)
    if (issuer !== null) facts.add('authorization-server', `issuer ${issuer}`)
    facts.addIf('authorization-server', providerOf(issuer ?? undefined)?.name)
    if (revision !== null) facts.add('client', `MCP ${revision}`)
    if (clientId !== null) facts.add('client', `client_id ${clientId} (${registration})`)
  }
  const { name, version, rules } = capture.report.tool
  return [
    { party: 'Client', facts: facts.of('client') },
    { party: 'MCP server', facts: facts.of('resource-server') },
    { party: 'Authorization server', facts: facts.of('authorization-server') },
    { party: 'In between', facts: facts.of('intermediary') },
    { party: 'Judged by', facts: [`${name} ${version}, rules ${rules}`] },
  ].filter(({ party, facts }) => party !== 'In between' || facts.length > 0)
}

/** More than this is no longer an answer to "which version". */
const factLimit = 6

class Facts {
  readonly #byRole = new Map<Role, Set<string>>()

  add(role: Role, fact: string): void {
    const facts = this.#byRole.get(role) ?? new Set()
    if (facts.size < factLimit) facts.add(fact)
    this.#byRole.set(role, facts)
  }

  addIf(role: Role, fact: string | undefined): void {
    if (fact !== undefined) this.add(role, fact)
  }

  of(role: Role): string[] {
    return [...(this.#byRole.get(role) ?? [])]
  }
}

function readFacts({ exchange, step }: ExchangeEvent, facts: Facts): void {
  const { from, to } = rolesOf(step.kind)
  if (step.kind === 'mcp' || step.kind === 'challenge') {
    const { rpc, answer } = mcpFacts(exchange, readToken)
    facts.addIf('client', implementation(rpc?.clientInfo))
    facts.addIf('resource-server', implementation(answer?.serverInfo))
    if (answer?.protocolVersion !== undefined)
      facts.add('resource-server', `MCP ${answer.protocolVersion}`)
  }
  const agent = header(exchange.request.headers, 'user-agent')
  if (agent !== undefined && from === 'client') facts.add('client', `User-Agent ${agent}`)
  const server = header(exchange.response?.headers ?? [], 'server')
  // The answer to a callback is what the browser gets: it says nothing of the client.
  if (server !== undefined && to !== undefined && step.kind !== 'callback')
    facts.add(to, `Server ${server}`)
  const gateway = gatewayOf(exchange.response?.headers ?? [])
  if (gateway !== undefined) facts.add('intermediary', `${gateway.name} (${gateway.trace})`)
}

/** clientInfo or serverInfo of MCP: name and version. */
function implementation(info: JsonObject | undefined): string | undefined {
  const name = stringMember(info, 'name')
  if (name === undefined) return undefined
  const version = stringMember(info, 'version')
  return version === undefined ? name : `${name} ${version}`
}
