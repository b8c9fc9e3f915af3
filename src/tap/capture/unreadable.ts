import { UserError } from '../../errors.ts'

/** A capture that cannot be read: which, why, and what to give instead. */
export function unreadable(
  name: string,
  reason: string,
  hint = 'Give a HAR file or a transcript, in UTF-8.',
): UserError {
  return new UserError('ECAPTURE', `${name} cannot be read: ${reason}.`, hint)
}
