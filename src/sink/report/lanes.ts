import { type StepParty, stepKinds } from '../../core/step/kinds.ts'
import type { StepKind } from '../../core/step/step.ts'
import { rawOrigin, splitUrl } from '../../core/wire/url-parts.ts'

export type Role = StepParty | 'intermediary' | 'other'

/** A party in a sequence diagram. */
export interface Lane {
  /** A letter for the role, and a number where there are several. */
  readonly id: string
  readonly role: Role
  readonly name: string
  /** Its origin, where it has one. */
  readonly origin: string
}

/** Who sends a step's request, and who answers it; undefined where the step does not tell. */
export function rolesOf(kind: StepKind): { from: Role; to: Role | undefined } {
  const { asks, answers } = stepKinds[kind]
  return { from: asks, to: answers }
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
