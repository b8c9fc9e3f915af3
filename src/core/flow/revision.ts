import type { Step } from '../step/step.ts'

export type Revision = '2024-11-05' | '2025-03-26' | '2025-06-18' | '2025-11-25' | '2026-07-28'

/** MCP specification dates, oldest first. */
export const revisions: readonly Revision[] = [
  '2024-11-05',
  '2025-03-26',
  '2025-06-18',
  '2025-11-25',
  '2026-07-28',
]

export function isRevision(value: string | undefined): value is Revision {
  return revisions.includes(value as Revision)
}

/** Whether a revision is known to be at least this one; an unknown revision is not. */
export function atLeast(revision: Revision | undefined, bound: Revision): boolean {
  return revision !== undefined && revision >= bound
}

/** Whether a revision is known to be older than this one; an unknown revision is not. */
export function before(revision: Revision | undefined, bound: Revision): boolean {
  return revision !== undefined && revision < bound
}

function newest(a: Revision | undefined, b: Revision | undefined): Revision | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a > b ? a : b
}

/**
 * What is known of the MCP revision of one flow. A 401 or 403 is never evidence of the server's era; the version a client
 * puts on metadata requests is only a constant of its SDK, an upper bound.
 */
export class RevisionEvidence {
  readonly #forced: Revision | undefined
  /** Claimed by the client in a message body. */
  #claimed: Revision | undefined
  /** Constant of the client's SDK, from metadata requests. */
  #constant: Revision | undefined
  /** The least that the client's behaviour implies. */
  #clientHint: Revision | undefined
  #negotiated: Revision | undefined
  #serverHint: Revision | undefined

  constructor(forced: Revision | undefined) {
    this.#forced = forced
  }

  /** What the handshake settled on; undefined before any success. */
  get negotiated(): Revision | undefined {
    return this.#forced ?? this.#negotiated
  }

  /** What the client's obligations are judged by. */
  get client(): Revision | undefined {
    return this.#forced ?? this.#negotiated ?? this.#claimed ?? this.#constant ?? this.#clientHint
  }

  /** What the MCP server's obligations are judged by. */
  get server(): Revision | undefined {
    return this.#forced ?? this.#negotiated ?? this.#claimed ?? this.#constant ?? this.#serverHint
  }

  /** What the authorization server's obligations are judged by: it never sees the MCP version and serves the strictest client. */
  get authorizationServer(): Revision | undefined {
    return this.#forced ?? this.#claimed ?? this.#constant ?? this.#negotiated ?? this.#clientHint
  }

  /** Takes a step's evidence in. Returns whether anything changed. */
  observe(step: Step): boolean {
    const earlier = [
      this.#claimed,
      this.#constant,
      this.#clientHint,
      this.#negotiated,
      this.#serverHint,
    ].join()
    switch (step.kind) {
      case 'mcp':
      case 'challenge':
        this.#observeCall(step)
        break
      case 'resource-metadata':
        this.#observeConstant(step)
        if (step.ok) this.#serverHint = newest(this.#serverHint, '2025-06-18')
        this.#clientHint = newest(this.#clientHint, '2025-06-18')
        break
      case 'server-metadata':
        this.#observeConstant(step)
        if (step.form === 'openid') this.#clientHint = newest(this.#clientHint, '2025-11-25')
        break
      case 'authorize':
        if (step.resources.length > 0) this.#clientHint = newest(this.#clientHint, '2025-06-18')
        if (step.clientId?.startsWith('https://') === true)
          this.#clientHint = newest(this.#clientHint, '2025-11-25')
        break
      default:
        break
    }
    return (
      earlier !==
      [this.#claimed, this.#constant, this.#clientHint, this.#negotiated, this.#serverHint].join()
    )
  }

  #observeCall(step: Extract<Step, { kind: 'mcp' | 'challenge' }>): void {
    const { rpc, answer } = step
    const version = rpc?.protocolVersion
    if (isRevision(version)) this.#claimed = newest(this.#claimed, version)
    if (step.kind === 'challenge') {
      if (step.resourceMetadata !== undefined)
        this.#serverHint = newest(this.#serverHint, '2025-06-18')
      if (step.scope !== undefined) this.#serverHint = newest(this.#serverHint, '2025-11-25')
      return
    }
    const accepted = step.ok && answer?.result === true
    if (rpc?.method === 'initialize' && isRevision(answer?.protocolVersion))
      this.#negotiated = answer.protocolVersion
    else if (accepted && rpc?.modern === true && isRevision(version)) this.#negotiated = version
    else if (accepted && this.#negotiated === undefined && isRevision(step.versionHeader))
      this.#negotiated = step.versionHeader
    if (answer?.supportedVersions !== undefined)
      this.#serverHint = newest(this.#serverHint, '2026-07-28')
  }

  #observeConstant(step: Step): void {
    const version = step.exchange.request.headers.find(
      ([name]) => name.toLowerCase() === 'mcp-protocol-version',
    )?.[1]
    if (isRevision(version)) this.#constant = newest(this.#constant, version)
  }
}
