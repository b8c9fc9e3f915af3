import type { StepKind } from '../../core/step/step.ts'
import { rawOrigin, splitUrl } from '../../core/wire/url-parts.ts'

export type Role =
  'browser' | 'client' | 'intermediary' | 'resource-server' | 'authorization-server' | 'other'

/** A party in a sequence diagram. */
export interface Lane {
  /** A letter for the role, and a number where there are several. */
  readonly id: string
  readonly role: Role
  readonly name: string
  /** Its origin, where it has one. */
  readonly origin: string
}

const answering: Partial<Readonly<Record<StepKind, Role>>> = {
  mcp: 'resource-server',
  challenge: 'resource-server',
  'resource-metadata': 'resource-server',
  'server-metadata': 'authorization-server',
  jwks: 'authorization-server',
  registration: 'authorization-server',
  'client-metadata': 'client',
  'pushed-request': 'authorization-server',
  'device-authorization': 'authorization-server',
  authorize: 'authorization-server',
  callback: 'browser',
  token: 'authorization-server',
  revocation: 'authorization-server',
  introspection: 'authorization-server',
  userinfo: 'authorization-server',
}

/** Who answers a step; undefined where the step does not tell. The answer to a callback is the browser's leg. */
export function roleOf(kind: StepKind): Role | undefined {
  return answering[kind]
}

/** Who sends a step's request, and who answers it. */
export function rolesOf(kind: StepKind): { from: Role; to: Role | undefined } {
  switch (kind) {
    case 'authorize':
      return { from: 'browser', to: 'authorization-server' }
    case 'callback':
      return { from: 'browser', to: 'client' }
    case 'client-metadata':
      return { from: 'authorization-server', to: 'client' }
    case 'introspection':
      return { from: 'resource-server', to: 'authorization-server' }
    case 'preflight':
      return { from: 'browser', to: undefined }
    default:
      return { from: 'client', to: roleOf(kind) }
  }
}

const order: readonly Role[] = [
  'browser',
  'client',
  'intermediary',
  'resource-server',
  'authorization-server',
  'other',
]

const names: Readonly<Record<Role, string>> = {
  browser: 'Browser',
  client: 'Client',
  intermediary: 'Proxy or gateway',
  'resource-server': 'MCP server',
  'authorization-server': 'Authorization server',
  other: 'Another server',
}

const letters: Readonly<Record<Role, string>> = {
  browser: 'B',
  client: 'C',
  intermediary: 'P',
  'resource-server': 'M',
  'authorization-server': 'A',
  other: 'O',
}

/** The parties of one diagram, made as they are met: servers by role and origin, the others once. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  readonly #roles = new Map<string, Role>()

  /** The lane of a party. `url`: what it was asked, for a server. */
  of(role: Role | undefined, url: string): Lane {
    const origin = originOf(url)
    if (role !== undefined && !isServer(role)) return this.#lane(role, '')
    const known = role ?? this.#roles.get(origin) ?? 'other'
    this.#roles.set(origin, known)
    return this.#lane(known, origin)
  }

  #lane(role: Role, origin: string): Lane {
    const key = `${role} ${origin}`
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    const count = [...this.#lanes.values()].filter((lane) => lane.role === role).length
    const lane = {
      id: `${letters[role]}${count === 0 ? '' : count + 1}`,
      role,
      name: names[role],
      origin,
    }
    this.#lanes.set(key, lane)
    return lane
  }

  /** From left to right. */
  inOrder(): Lane[] {
    return [...this.#lanes.values()].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role))
  }
}

function isServer(role: Role): boolean {
  return role === 'resource-server' || role === 'authorization-server' || role === 'other'
}

function originOf(url: string): string {
  const parts = splitUrl(url)
  return parts === undefined ? '' : rawOrigin(parts)
}
