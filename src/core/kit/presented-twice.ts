import type { Flow } from '../flow/flow.ts'
import type { Step, TokenCall } from '../step/step.ts'

/** Other token requests that present the code, or the refresh token, of this one, oldest first. */
export function othersPresenting(step: TokenCall, flow: Flow): TokenCall[] {
  const { code, refreshToken } = step
  return flow
    .of('token')
    .filter((other) => other !== step)
    .filter((other) =>
      code === undefined
        ? refreshToken !== undefined && other.refreshToken === refreshToken
        : other.code === code,
    )
}

/** Whether two requests were under way at once, in whatever order they were answered. */
export function areAtOnce({ exchange: a }: Step, { exchange: b }: Step): boolean {
  return a.startedAt <= (b.endedAt ?? b.startedAt) && b.startedAt <= (a.endedAt ?? a.startedAt)
}
