import {
  type ChallengeProblem,
  defineRule,
  quoted,
  shortened,
  writtenChallenges,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'challenge/unparseable',
  title: 'WWW-Authenticate breaks the grammar of challenges',
  severity: ['error', 'warning'],
  fault: ['resource-server'],
  spec: ['RFC 9110 §11.6.1', 'RFC 9110 §11.2', 'RFC 6750 §3'],
  revisions: 'all',
  reads: ['www-authenticate'],
  seed: [{ item: 'U-2', variants: ['no-scheme', 'colon-after-scheme', 'json'] }, 'U-4', 'U-5'],
  why: 'A client that cannot read the challenge does not learn where the metadata is or which scope to ask for.',
  remedy:
    'Begin with the scheme and a space, write each parameter as name="value", and put commas between parameters.',
  explains: [
    'challenge/resource-metadata-missing',
    'discovery/prm-missing',
    'flow/auth-not-started',
    'flow/stalled',
  ],

  on: 'challenge',

  *check(step) {
    const { lines, problems, lenient, clients } = step.challenges
    if (lines.length === 0) return 'silent'
    const [problem] = problems
    if (problem === undefined) return

    const place = `response.header.www-authenticate[${problem.line}]` as const
    const misled = [
      { client: 'the TypeScript SDK', view: clients.typescript },
      { client: 'the Python SDK', view: clients.python },
    ].filter(
      ({ view }) => view.resourceMetadata !== step.resourceMetadata || view.scope !== step.scope,
    )
    const usable = lenient.some(({ scheme }) => scheme.toLowerCase() === 'bearer')
    const kinds = [...new Set(problems.map((one) => one.problem))].slice(0, 3)
    yield {
      variant: problem.problem,
      severity: usable && misled.length === 0 ? 'warning' : 'error',
      message: `the challenge of ${step.target} cannot be parsed: ${kinds.map((kind) => explanations[kind]).join('; ')}`,
      remedy: `Write it so: WWW-Authenticate: ${shortened(writtenChallenges(lenient), 600)}.`,
      found: `the challenge has ${problem.problem.replaceAll('-', ' ')}`,
      evidence: [
        { step, at: place, note: `from character ${problem.at}: ${quoted(problem.text)}` },
        ...misled.map(({ client, view }) => ({
          step,
          at: place,
          note: `${client} reads ${shown(view.resourceMetadata)} as resource_metadata and ${shown(view.scope)} as scope`,
        })),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'spaces around "=", empty elements, escapes and bare tokens are legal',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: , bearer realm = "the \\"mcp\\" server" , , scope=mcp
          < www-authenticate: Negotiate dG9rZW4=`,
      },
    ],
    bad: [
      {
        name: 'typographic quotation marks',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata=“https://mcp.example/.well-known/oauth-protected-resource/mcp”`,
        expect: { variant: 'smart-quotes', severity: 'error' },
      },
    ],
  },
})

const explanations: Readonly<Record<ChallengeProblem, string>> = {
  'unbalanced-quotes': 'a quotation mark is not closed, or is not escaped within a value',
  'smart-quotes': 'the quotation marks are typographic, and only " is allowed',
  'single-quotes': 'the quotation marks are single, and only " is allowed',
  'unquoted-url': 'a URL has no quotation marks, and ":" and "/" need them',
  'missing-comma': 'a comma is missing between parameters',
  semicolon: 'a semicolon separates parameters, and only a comma is allowed',
  'colon-after-scheme': 'a colon follows the scheme, and only a space is allowed',
  'colon-for-equals': 'a colon is in place of the equals sign',
  'no-scheme': 'no scheme comes before the parameters',
  json: 'the value is JSON',
  'html-escaped': 'the quotation marks are HTML-escaped',
  'line-break': 'there is a raw line break in the value',
  other: 'it is not a list of challenges',
}

function shown(value: string | undefined): string {
  return value === undefined ? 'nothing' : quoted(value)
}
