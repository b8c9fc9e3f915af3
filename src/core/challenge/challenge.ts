import { readClients, type ClientView } from './clients.ts'
import { readStrictly, type GrammarError, type ParsedChallenge } from './grammar.ts'
import { readLeniently } from './lenient.ts'
import { excerpt, type Problem } from './values.ts'

export type { ClientView } from './clients.ts'
export type { ChallengeProblem, ParsedChallenge } from './grammar.ts'

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
  const clients = readClients(lines)
  const read = readStrictly(lines)
  if ('error' in read) {
    const { challenges, problems } = readLeniently(lines)
    const found = problems.length > 0 ? problems : [problemAt(lines, read.error)]
    return { lines, strict: undefined, problems: found, lenient: challenges, clients }
  }
  const { challenges } = read
  // An apostrophe is a token character (RFC 9110 §5.6.2), so the grammar lets `error='invalid_token'` pass.
  if (!challenges.some(hasApostrophes)) {
    return { lines, strict: challenges, problems: [], lenient: challenges, clients }
  }
  const meant = readLeniently(lines)
  return { lines, strict: challenges, problems: meant.problems, lenient: meant.challenges, clients }
}

function hasApostrophes({ params }: ParsedChallenge): boolean {
  return params.some(({ value, quoted }) => !quoted && /^'.*'$/.test(value))
}

function problemAt(lines: readonly string[], { line, at }: GrammarError): Problem {
  return { problem: 'other', line, at, text: excerpt(lines[line] ?? '', at) }
}

/** The first value of a parameter, names compared without case (RFC 9110 §11.2). */
export function challengeParam(challenge: ParsedChallenge, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return challenge.params.find((param) => param.name.toLowerCase() === wanted)?.value
}

/** Challenges as they ought to be written; where none can be read, the one that an MCP server needs. */
export function writtenChallenges(challenges: readonly ParsedChallenge[]): string {
  const readable = challenges.filter(({ params }) => params.length > 0)
  if (readable.length === 0) return 'Bearer resource_metadata="<metadata URL>"'
  const texts = readable.map(({ scheme, params }) => {
    const values = params.map(({ name, value }) => `${name}=${JSON.stringify(value)}`)
    return `${scheme === '' ? 'Bearer' : scheme} ${values.join(', ')}`
  })
  return texts.join(', ')
}
