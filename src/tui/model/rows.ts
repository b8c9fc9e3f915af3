import type { ExchangeEvent } from '../../core/verdict/event.ts'
import type { Held } from '../../core/wire/exchange.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import type { StepKind } from '../../core/step/step.ts'
import { whatIs } from './what.ts'

/** Who an exchange goes to, in three letters at most. */
export type Role = 'MCP' | 'AS' | 'CB' | 'CL'

/** What the list shows of an exchange. */
export interface Row {
  readonly id: string
  readonly index: number
  readonly startedAt: number
  /** Milliseconds without those that the person held it; undefined while it goes on. */
  readonly took: number | undefined
  readonly flow: string
  readonly role: Role
  readonly kind: StepKind
  readonly ok: boolean
  readonly summary: string
  /** What the step is, in the words of the list. */
  readonly what: string
  readonly method: string
  readonly url: string
  readonly status: number | undefined
  /** A code such as ECONNREFUSED, when it ended outside HTTP. */
  readonly failure: string | undefined
  readonly handedOver: boolean
  /** Whether a person sent it, as another exchange's request once more. */
  readonly repeats: boolean
  /** What of it waits for the person. */
  readonly held: Held | undefined
  /** How long the person kept it waiting, in milliseconds. */
  readonly heldFor: number
  /** Bytes of the answer's body. */
  readonly size: number
}

export function rowOf(event: ExchangeEvent, index: number, origins: ReadonlySet<string>): Row {
  const { exchange, step, flow } = event
  const { request, response, failure, startedAt, heldFor = 0 } = exchange
  const { bytes, dropped } = response?.body ?? { bytes: '', dropped: 0 }
  return {
    id: exchange.id,
    index,
    startedAt,
    took: exchange.endedAt === undefined ? undefined : exchange.endedAt - startedAt - heldFor,
    flow: flow,
    role: roleOf(step.kind, request.url, origins),
    kind: step.kind,
    ok: step.ok,
    summary: step.summary,
    what: whatIs(event),
    method: request.method,
    url: request.url,
    status: response?.status,
    failure: failure === undefined ? undefined : failure.code,
    handedOver: exchange.handedOver === true,
    repeats: exchange.repeats !== undefined,
    held: exchange.held,
    heldFor,
    size: bytes.length + dropped,
  }
}

const roles = {
  client: 'CL',
  'resource-server': 'MCP',
  'authorization-server': 'AS',
} as const

function roleOf(kind: StepKind, url: string, origins: ReadonlySet<string>): Role {
  const { answers } = stepKinds[kind]
  if (answers === undefined) return origins.has(originOf(url)) ? 'MCP' : 'AS'
  // What comes back to the client by way of the browser goes to its callback.
  return kind === 'callback' ? 'CB' : roles[answers]
}

export function originOf(url: string): string {
  const path = url.indexOf('/', url.indexOf('://') + 3)
  return path < 0 ? url : url.slice(0, path)
}

export function hostOf(url: string): string {
  return originOf(url).replace(/^[a-z]{1,10}:\/\//i, '')
}

/** Path and query. */
export function pathOf(url: string): string {
  const path = originOf(url).length
  return path >= url.length ? '/' : url.slice(path)
}

/** How long the other side has had so far, in milliseconds. */
export function lastsFor({ startedAt, heldFor }: Row, now: number): number {
  return now - startedAt - heldFor
}

/** Whether its answer is waited for. */
export function isSilent({ took, status, failure, handedOver }: Row): boolean {
  return took === undefined && status === undefined && failure === undefined && !handedOver
}

/** The status as the list shows it: a number, what ended it, or that it goes on. */
export function statusText({ status, failure, handedOver, took, ok }: Row): string {
  if (failure !== undefined && !ok) return status === undefined ? 'ERR' : `${status}!`
  if (status !== undefined) return String(status)
  return handedOver ? 'sent' : took === undefined ? '…' : '—'
}

/** The time of day where the person is. */
export function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8)
}
