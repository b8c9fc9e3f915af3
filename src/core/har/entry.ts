import type { Failure, Headers, Timings, Touch } from '../wire/exchange.ts'
import type { LabelFacts } from '../wire/label.ts'
import type { Report } from '../verdict/report.ts'

/** HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/); what begins with an underscore is an addition. */
export interface HarEntry {
  readonly startedDateTime: string
  /** Milliseconds: the sum of the timings that apply. */
  readonly time: number
  readonly request: HarRequest
  readonly response: HarResponse
  readonly cache: Record<string, never>
  readonly timings: HarTimings
  readonly serverIPAddress?: string
  readonly connection?: string
  /** The same again where the tools of Chrome look for it: a `connection` that is a number is a port to them. */
  readonly _connectionId?: string
  /** As the tools of Chrome have it: without it they take JSON for a script. */
  readonly _resourceType: 'document' | 'eventsource' | 'fetch'
  readonly _authtap: EntryFacts
}

export interface HarPair {
  readonly name: string
  readonly value: string
}

export interface HarCookie extends HarPair {
  readonly path?: string
  readonly domain?: string
  readonly expires?: string
  readonly httpOnly?: boolean
  readonly secure?: boolean
  readonly sameSite?: string
}

export interface HarRequest {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  readonly cookies: readonly HarCookie[]
  readonly headers: readonly HarPair[]
  readonly queryString: readonly HarPair[]
  readonly postData?: HarPostData
  readonly headersSize: -1
  readonly bodySize: number
}

export interface HarPostData {
  readonly mimeType: string
  readonly text: string
  /** As in the proposal for HAR 1.3; absent for text. */
  readonly encoding?: 'base64'
  readonly params?: readonly HarPair[]
}

export interface HarResponse {
  /** 0 when there was no response. */
  readonly status: number
  readonly statusText: string
  readonly httpVersion: string
  readonly cookies: readonly HarCookie[]
  readonly headers: readonly HarPair[]
  readonly content: HarContent
  readonly redirectURL: string
  readonly headersSize: -1
  readonly bodySize: number
  /** Why there is no response, or not all of it. */
  readonly _error?: string
}

export interface HarContent {
  readonly size: number
  readonly compression?: number
  readonly mimeType: string
  readonly text?: string
  readonly encoding?: 'base64'
}

/** Milliseconds; -1 where a phase did not happen or was not seen. `connect` includes `ssl`. */
export interface HarTimings {
  readonly blocked: -1
  readonly dns: number
  readonly connect: number
  readonly ssl: number
  readonly send: number
  readonly wait: number
  readonly receive: number
}

export type Side = 'request' | 'response'

/** `entry._authtap`: what HAR has no field for, so that an exchange can be read back as it was. */
export interface EntryFacts {
  readonly id: string
  readonly step?: string
  readonly flow?: string
  readonly client: string
  readonly via?: string
  /** Where startedDateTime does not tell it exactly. */
  readonly startedAt?: number
  readonly endedAt?: number
  readonly timings?: Timings
  /** The peer's address, where it is not an IP address. */
  readonly address?: string
  readonly handedOver?: true
  readonly repeats?: string
  readonly failure?: Failure
  readonly touched?: readonly Touch[]
  readonly missing?: readonly string[]
  readonly trailers?: Headers
  /** The response broke off or was still arriving. */
  readonly incomplete?: true
  /** Bytes of the bodies that were passed on, but not kept. */
  readonly dropped?: { readonly [side in Side]?: number }
  /** Bodies that stand here as they crossed the wire, because their content coding could not be undone. */
  readonly coded?: readonly Side[]
}

/** `log._authtap`. */
export interface LogFacts {
  readonly schema: typeof harSchema
  /** False when the capture holds secrets in the clear. */
  readonly redacted: boolean
  readonly report?: Report
  /** What may be said of each label. */
  readonly labels?: Readonly<Record<string, LabelFacts>>
}

export const harSchema = 'authtap.har/1'
