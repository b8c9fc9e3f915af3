import { counted } from '../../core/verdict/words.ts'
import type { StepKind } from '../../core/step/step.ts'
import { currentFlows } from './attempt.ts'
import type { Model } from './model.ts'
import { type Row, lastsFor } from './rows.ts'

/** After so long without a client something is to be said, in milliseconds. */
const patience = 45_000

/** What has to come next for the login to go on; undefined when nothing is waited for. */
export function waitingFor(model: Model, since: number, now: number): string | undefined {
  if (model.from !== undefined && model.rows.length <= model.from)
    return 'New attempt: let the client connect again.'
  if (model.rows.length === 0 && model.flows.size === 0) return waitingForClient(now - since)
  const silent = silence(model, now)
  if (silent !== undefined) return silent
  const outcomes = currentFlows(model).map(({ outcome }) => outcome)
  if (isOpen(model)) return noLogin
  if (outcomes.some((outcome) => outcome === 'authorized')) return undefined
  const last = stages.find(({ kinds }) => model.has(...kinds))
  if (last !== undefined)
    return model.last('token')?.ok === false ? tokenFailed : (refusedSince(model) ?? last.waits)
  return 'There is traffic, but no OAuth yet. OAuth begins when the server answers 401 to a call without a token.'
}

/** An answer that takes longer than this is waited for, in milliseconds. */
const due = 1000

/** The request that has waited longest for its answer, when it is long; undefined when none is. */
export function silence(model: Model, now: number): string | undefined {
  const held = model.row([...model.onHold][0])
  if (held !== undefined) return `#${held.id} ${held.what} is held here and waits for you`
  const [first] = model.underWay
  const row = model.row(first)
  if (row === undefined || lastsFor(row, now) < due) return undefined
  const seconds = Math.floor(lastsFor(row, now) / 1000)
  const who = model.rows.length === 1 ? 'The client is connected' : answerer[row.role]
  return `${who} · #${row.id} ${row.what} unanswered for ${counted(seconds, 'second')}`
}

const answerer: Readonly<Record<Row['role'], string>> = {
  MCP: 'The MCP server is silent',
  AS: 'The authorization server is silent',
  CB: 'The client is silent',
  CL: 'The client is silent',
}

/** Calls are answered, and nothing asked for a token. */
function isOpen(model: Model): boolean {
  return model.last('mcp')?.ok === true && !model.has('challenge', 'token', 'authorize')
}

/** The client has a token, and what it asked for since was refused: what it sent may have been anything but that token. */
function refusedSince(model: Model): string | undefined {
  const token = model.last('token')
  const refused = model.last('challenge')
  if (token === undefined || refused === undefined || refused.index < token.index) return undefined
  return `The client has a token, and #${refused.id} was refused after it (${refused.status}). Waiting for a call that it lets in.`
}

const noLogin =
  'The server answers without a login. OAuth begins when it answers 401 to a call without a token.'
const tokenFailed = 'The token request failed. Waiting for the next step of the client.'

interface Stage {
  readonly kinds: readonly StepKind[]
  readonly waits: string
  /** Where a capture ends that holds no more than this. */
  readonly ends: string
}

/** How far a login has come, the last stage first. */
const stages: readonly Stage[] = [
  {
    kinds: ['token'],
    waits: 'The client has a token. Waiting for its first call with it.',
    ends: 'the client calls the server with its token',
  },
  {
    kinds: ['callback'],
    waits: 'The browser came back from the login. Waiting for the token request.',
    ends: 'the client asks for the token',
  },
  {
    kinds: ['authorize'],
    waits: 'Waiting for you to log in and agree in the browser.',
    ends: 'the browser comes back from the login',
  },
  {
    kinds: ['registration', 'pushed-request'],
    waits: 'The client is registered. Waiting for it to open the browser.',
    ends: 'the client opens the browser',
  },
  {
    kinds: ['server-metadata'],
    waits:
      'The client knows the authorization server. Waiting for it to register or to open the browser.',
    ends: 'the client registers or opens the browser',
  },
  {
    kinds: ['resource-metadata'],
    waits:
      'The client read the resource metadata. Waiting for it to ask for the metadata of the authorization server.',
    ends: 'the client asks the authorization server for its metadata',
  },
  {
    kinds: ['challenge'],
    waits:
      'The server asked for a login (401). Waiting for the client to ask for the metadata of the server.',
    ends: 'the client asks for the metadata of the server',
  },
]

/** What a capture says of a login that it holds only in part; undefined when it holds all of it. */
export function endsBefore(model: Model): string | undefined {
  const outcomes = currentFlows(model).map(({ outcome }) => outcome)
  if (isOpen(model)) return noLogin
  if (outcomes.some((outcome) => outcome === 'authorized')) return undefined
  const last = stages.find(({ kinds }) => model.has(...kinds))
  if (last === undefined)
    return 'The capture holds no OAuth: no server answers 401 to a call without a token.'
  return model.last('token')?.ok === false
    ? 'The token request failed, and the capture ends there.'
    : `Nothing broke, but the capture ends before ${last.ends}.`
}

function waitingForClient(waited: number): string {
  if (waited < patience) return 'Waiting for the client to connect.'
  const minutes = Math.floor(waited / 60_000)
  const long =
    minutes < 1 ? `${Math.floor(waited / 15_000) * 15} seconds` : counted(minutes, 'minute')
  return `No client has come for ${long}. Does it use this URL? Many clients read their settings only when they start: restart it.`
}
