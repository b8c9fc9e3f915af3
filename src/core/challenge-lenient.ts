import type { ParsedChallenge, AuthParam } from './challenge-grammar.ts'

export type ChallengeProblem =
  | 'unbalanced-quotes'
  | 'smart-quotes'
  | 'single-quotes'
  | 'unquoted-url'
  | 'missing-comma'
  | 'semicolon'
  | 'colon-after-scheme'
  | 'colon-for-equals'
  | 'no-scheme'
  | 'json'
  | 'html-escaped'
  | 'line-break'
  | 'other'

export interface Problem {
  readonly problem: ChallengeProblem
  /** Index of the header line. */
  readonly line: number
  /** Offset in that line. */
  readonly at: number
  /** What stands there, shortened. */
  readonly text: string
}

/** First cut: every `name=value` behind the line's first word. */
export function readLeniently(lines: readonly string[]): {
  challenges: ParsedChallenge[]
  problems: Problem[]
} {
  const challenges = lines.map((text, line) => {
    const scheme = /^\s*([\w-]+)(?=\s|$)/.exec(text)?.[1] ?? ''
    const params: AuthParam[] = []
    for (const match of text.matchAll(/([\w-]+)\s{0,9}=\s{0,9}(?:"([^"]*)"?|([^\s,"]+))/g)) {
      const value = match[2] ?? match[3] ?? ''
      params.push({ name: match[1] ?? '', value, quoted: match[2] !== undefined, line })
    }
    return { scheme, params, line }
  })
  return { challenges, problems: [{ problem: 'other', line: 0, at: 0, text: lines[0] ?? '' }] }
}
