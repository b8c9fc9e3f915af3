import type { Flow } from '../flow/flow.ts'
import { covers, sameUrl } from '../wire/url.ts'

/** Whether an audience names this flow's server: its published resource or its URL, in any spelling, or what contains it. */
export function isOwnAudience(audience: string, flow: Flow): boolean {
  return flow.audiences.some((own) => sameUrl(audience, own) || covers(audience, own))
}

/** What is sent in another spelling than the published one, where the exact one is not sent beside it. */
export function respelled(sent: readonly string[], published: string): string | undefined {
  return sent.includes(published) ? undefined : sent.find((one) => sameUrl(one, published))
}
