import type * as har from 'har-format'
import type { Failure, Headers, Timings, Touch, Trial } from '../wire/exchange.ts'
import type { LabelFacts } from '../wire/label.ts'
import type { Signature } from '../wire/signature.ts'
import type { Report } from '../verdict/report.ts'

/** HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/); what begins with an underscore is an addition. */
export interface HarEntry extends Omit<har.Entry, 'request'> {
  readonly request: HarRequest
  readonly response: HarResponse
  readonly timings: HarTimings
  /** The same again where the tools of Chrome look for it: a `connection` that is a number is a port to them. */
  readonly _connectionId?: string
  /** As the tools of Chrome have it: without it they take JSON for a script. */
  readonly _resourceType: 'document' | 'eventsource' | 'fetch'
  readonly _authtap: EntryFacts
}

export interface HarRequest extends Omit<har.Request, 'postData'> {
  readonly postData?: HarPostData
}

/** Both the text and its parameters, as browsers write them. */
export interface HarPostData extends har.PostDataCommon {
  readonly text: string
  /** As in the proposal for HAR 1.3; absent for text. */
  readonly encoding?: 'base64'
  readonly params?: har.Param[]
}

export interface HarResponse extends har.Response {
  /** Why there is no response, or not all of it. */
  readonly _error?: string
}

export interface HarCookie extends har.Cookie {
  readonly sameSite?: string
}

/** Milliseconds; -1 where a phase did not happen or was not seen. `connect` includes `ssl`. */
export type HarTimings = Readonly<Record<Exclude<keyof har.Timings, 'comment'>, number>>

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
  /** Id of the entry that this MCP call is like in all that rules look at; its bodies may not have been kept. */
  readonly like?: string
  readonly trial?: Trial
  readonly failure?: Failure
  readonly touched?: readonly Touch[]
  readonly heldFor?: number
  readonly missing?: readonly string[]
  /** What was found of the signatures that the entry held. */
  readonly signatures?: readonly Signature[]
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
  /** What was found of signatures once their entries were written, by the ids of the exchanges. */
  readonly signatures?: Readonly<Record<string, readonly Signature[]>>
}

export const harSchema = 'authtap.har/1'
