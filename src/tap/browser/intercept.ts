import type { Interceptor } from '../../core/intercept/interceptor.ts'
import type { Sender } from '../../core/intercept/message.ts'
import type { Recording } from '../wire/record.ts'

/** What the browser shows in place of what would have followed. */
export const keptBack = 'this authorization was kept back on purpose (--fault)'

/**
 * Where a browser is to be sent, with what was changed on purpose in the record; undefined where it is to be sent nowhere.
 * @param query what is to be changed, where it is a part of the URL alone
 */
export function interceptBrowser(
  interceptor: Interceptor | undefined,
  recording: Recording,
  sender: Sender,
  query?: string,
): string | undefined {
  const exchange = recording.now()
  const { method, url, headers } = exchange.request
  const plan = interceptor?.plan('request', exchange)
  if (plan === undefined) return query ?? url
  const at = query === undefined ? url : `?${query}`
  const message = { side: 'request' as const, method, url: at, status: 0, headers, body: undefined }
  const { message: changed, changes, cut } = plan.carryOut(message, sender)
  recording.touched.push(...changes)
  if (cut !== undefined) return undefined
  return query === undefined ? changed.url : changed.url.slice(1)
}
