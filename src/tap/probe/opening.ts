import { member, objectMember, parseJson, isObject } from '../../core/wire/json.ts'
import type { Answer, Asker, Question } from './asker.ts'
import {
  type Speaker,
  farewell,
  inSession,
  initialize,
  resultOf,
  stateless,
  statelessRevision,
} from './messages.ts'

/** How a conversation with a server begins: in a session, or without one where it speaks only the stateless revision. */
export interface Opening {
  /** What was asked first. */
  readonly name: string
  readonly answer: Answer
  readonly isStateless: boolean
  /** The list of tools, asked for as a client does that was let in. */
  listTools(): Promise<Answer | undefined>
  /** Ends the session, where there is one. */
  end(): Promise<void>
}

/** Asks as most clients do, and as those of the newest revision do where the server wants nothing else. */
export async function open(asker: Asker, speaker: Speaker): Promise<Opening | undefined> {
  const aside = (answer: Answer) => (isOtherRevision(answer) ? 'other-revision' : undefined)
  const answer = await asker.ask({ ...initialize(speaker), aside })
  if (answer === undefined) return undefined
  if (isOtherRevision(answer)) return openStateless(asker, speaker)
  const ask = (method: string, id?: number) => asker.ask(inSession(speaker, answer, method, id))
  return {
    name: 'initialize',
    answer,
    isStateless: false,
    listTools: async () => {
      await ask('notifications/initialized')
      return ask('tools/list', 2)
    },
    end: () =>
      askOnce(asker, resultOf(answer) === undefined ? undefined : farewell(speaker, answer)),
  }
}

async function openStateless(asker: Asker, speaker: Speaker): Promise<Opening | undefined> {
  const answer = await asker.ask(stateless(speaker, 'server/discover', 1))
  return answer === undefined
    ? undefined
    : {
        name: `server/discover (${statelessRevision})`,
        answer,
        isStateless: true,
        listTools: () => asker.ask(stateless(speaker, 'tools/list', 2)),
        end: () => Promise.resolve(),
      }
}

async function askOnce(asker: Asker, question: Question | undefined): Promise<void> {
  if (question !== undefined) await asker.ask(question)
}

/** Codes of JSON-RPC errors about the revision or its header fields (MCP 2026-07-28 Versioning; the last of its drafts). */
const revisionErrors: readonly unknown[] = [-32020, -32021, -32022, -32004]

/** The server refuses `initialize` because it has only the stateless revision, which has none. */
function isOtherRevision({ status, text }: Answer): boolean {
  const body = status === 400 ? parseJson(text) : undefined
  const error = isObject(body) ? objectMember(body, 'error') : undefined
  return revisionErrors.includes(member(error, 'code'))
}
