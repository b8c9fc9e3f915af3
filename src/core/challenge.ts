import { readClients, type ClientView } from './challenge-clients.ts'
import { readStrictly, type ParsedChallenge } from './challenge-grammar.ts'
import { readLeniently, type Problem } from './challenge-lenient.ts'

export type { ClientView } from './challenge-clients.ts'
export type { AuthParam, ParsedChallenge } from './challenge-grammar.ts'
export type { ChallengeProblem } from './challenge-lenient.ts'

/** What the WWW-Authenticate fields of a response say, to the letter, by intention, and to two common clients. */
export interface Challenges {
  /** Raw field values as they stood. */
  readonly lines: readonly string[]
  /** Undefined when any line breaks the grammar. */
  readonly strict: readonly ParsedChallenge[] | undefined
  /** What is wrong, in reading order; never empty when `strict` is undefined. */
  readonly problems: readonly Problem[]
  /** The strict result, or what a person would say was meant. */
  readonly lenient: readonly ParsedChallenge[]
  /** What the official SDKs extract. */
  readonly clients: { readonly typescript: ClientView; readonly python: ClientView }
}

/** Reads all WWW-Authenticate fields of a response (RFC 9110 §11.6.1). Takes time linear in their length. */
export function parseChallenges(lines: readonly string[]): Challenges {
  const read = readStrictly(lines)
  const clients = readClients(lines)
  if (Array.isArray(read)) return { lines, strict: read, problems: [], lenient: read, clients }
  const { challenges, problems } = readLeniently(lines)
  return { lines, strict: undefined, problems, lenient: challenges, clients }
}

/** The first value of a parameter, names compared without case (RFC 9110 §11.2). */
export function challengeParam(challenge: ParsedChallenge, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return challenge.params.find((param) => param.name.toLowerCase() === wanted)?.value
}
