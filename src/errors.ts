/** A mistake or circumstance the person can act upon: a stable code, one sentence, and what to do about it. */
export class UserError extends Error {
  /** Stable, upper case, `EPORTTAKEN` style: other programs may match on it. */
  readonly code: string
  /** What to do; empty when there is nothing to advise. */
  readonly hint: string

  constructor(code: string, sentence: string, hint = '', cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.name = 'UserError'
    this.code = code
    this.hint = hint
  }
}
