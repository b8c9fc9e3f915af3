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

/**
 * A bug in a few words: its name and where it came from, as `TypeError at src/run.ts:12:3`. No message and no stack: either
 * may hold a secret.
 */
export function bugIn(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const at = /\((?:file:\/\/)?([^()]*\/(?:src|rules|node_modules)\/[^()]*)\)/.exec(
    error.stack ?? '',
  )
  return at === null ? error.name : `${error.name} at ${at[1]}`
}

/** What EMFILE and ENFILE mean to a person. */
export function tooManyFiles(): UserError {
  return new UserError(
    'EFILES',
    'Too many files and connections are open: authtap cannot open another one.',
    'Allow more with ulimit -n 4096, or end what holds them.',
  )
}

/** A module that is not found at run time: the installation lacks it, or it could not be looked for. */
export function partMissing(): UserError {
  return new UserError(
    'EFILES',
    'A part of authtap could not be loaded: too many files and connections are open, or the installation is not whole.',
    'Allow more with ulimit -n 4096, or install authtap again.',
  )
}
