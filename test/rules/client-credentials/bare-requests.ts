/** A token request of a machine that does not authenticate. */
import * as flow from '../whole-flow.ts'

export const bare = (answer: string, more: Record<string, string> = {}) =>
  flow.tokenRequest({ grant_type: 'client_credentials', client_id: 'client-7', ...more }, answer)
