import { describe, expect, test } from 'vitest'
import {
  parseChallenges,
  type ChallengeProblem,
  type ParsedChallenge,
} from '../../../src/core/challenge/challenge.ts'

const url = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
const json = (value: unknown) => JSON.stringify(value)

/** A challenge in short: its scheme, its token68 if it has one, its parameters. */
type Short = [scheme: string, content?: string | Record<string, string>]

function short(challenges: readonly ParsedChallenge[]): Short[] {
  return challenges.map(({ scheme, token68, params }) => {
    if (token68 !== undefined) return [scheme, token68]
    if (params.length === 0) return [scheme]
    return [scheme, Object.fromEntries(params.map(({ name, value }) => [name, value]))]
  })
}

interface Case {
  description: string
  /** The field lines, a vertical bar between two. */
  input: string
  expected: Short[]
}

/** What most of the fields below mean. */
const params = { error: 'invalid_token', resource_metadata: url }
const bearer: Short[] = [['Bearer', params]]

function meant(description: string, input: string, expected = bearer): Case {
  return { description, input, expected }
}

const broken: { problems: ChallengeProblem[]; cases: Case[] }[] = [
  {
    problems: ['unbalanced-quotes'],
    cases: [
      meant('one missing at the end', `Bearer error="invalid_token", resource_metadata="${url}`),
      meant('one missing amid', `Bearer error="invalid_token, resource_metadata="${url}"`),
      meant('one missing before', `Bearer error=invalid_token", resource_metadata=${url}"`),
      meant('doubled ones', `Bearer error=""invalid_token"", resource_metadata=""${url}""`),
      meant('one too many', `Bearer error="invalid_token"", resource_metadata="${url}""`),
      meant('some around all', `"Bearer error="invalid_token", resource_metadata="${url}""`),
      meant('one missing before a bare value', 'Bearer realm="a b, error=c', [
        ['Bearer', { realm: 'a b', error: 'c' }],
      ]),
      meant('some within others', 'Bearer error_description="no "aud" in it", error="a"', [
        ['Bearer', { error_description: 'no "aud" in it', error: 'a' }],
      ]),
    ],
  },
  {
    problems: ['unbalanced-quotes', 'missing-comma'],
    cases: [
      meant('one missing, a space amid', `Bearer error="invalid_token resource_metadata="${url}"`),
    ],
  },
  {
    problems: ['unbalanced-quotes', 'other'],
    cases: [
      meant('one within others and one missing', 'Bearer realm="a " b " c', [
        ['Bearer', { realm: 'a ' }],
      ]),
    ],
  },
  {
    problems: ['smart-quotes'],
    cases: [
      meant('as UTF-8', utf8(`Bearer error=“invalid_token”, resource_metadata=“${url}”`)),
      meant('as characters', `Bearer error=“invalid_token”, resource_metadata=„${url}“`),
      meant(
        'as Windows-1252',
        `Bearer error=\x93invalid_token\x94, resource_metadata=\x93${url}\x94`,
      ),
      meant('misread', `Bearer error=â€œinvalid_tokenâ€\x9d, resource_metadata=â€œ${url}â€\x9d`),
      meant('single', `Bearer error=‘invalid_token’, resource_metadata=‘${url}’`),
      meant('single as UTF-8', utf8(`Bearer error=‘invalid_token’, resource_metadata=‘${url}’`)),
      meant(
        'single as Windows-1252',
        `Bearer error=\x91invalid_token\x92, resource_metadata=\x91${url}\x92`,
      ),
      meant('single, misread', `Bearer error=â€˜invalid_tokenâ€™, resource_metadata=â€˜${url}â€™`),
      meant('closed by plain ones', `Bearer error=“invalid_token", resource_metadata=“${url}"`),
    ],
  },
  {
    problems: ['single-quotes'],
    cases: [meant('all through', `Bearer error='invalid_token', resource_metadata='${url}'`)],
  },
  {
    problems: ['single-quotes', 'unbalanced-quotes'],
    cases: [
      meant('an apostrophe within', "Bearer error_description='we can't', error='a'", [
        ['Bearer', { error_description: "we can't", error: 'a' }],
      ]),
    ],
  },
  {
    problems: ['unquoted-url'],
    cases: [
      meant('a whole one', `Bearer error=invalid_token, resource_metadata=${url}`),
      meant('one escaped for HTML', 'Bearer a=https://h/?b=1&amp;c=2, d=e', [
        ['Bearer', { a: 'https://h/?b=1&amp;c=2', d: 'e' }],
      ]),
      meant('a path', 'Bearer resource_metadata=/prm', [['Bearer', { resource_metadata: '/prm' }]]),
    ],
  },
  {
    problems: ['missing-comma'],
    cases: [
      meant('behind quotes', `Bearer error="invalid_token" resource_metadata="${url}"`),
      meant('no space either', `Bearer error="invalid_token"resource_metadata="${url}"`),
      meant('behind a bare value', `Bearer error=invalid_token resource_metadata="${url}"`),
      meant('between challenges', 'Basic realm="a" Bearer realm="b"', [
        ['Basic', { realm: 'a' }],
        ['Bearer', { realm: 'b' }],
      ]),
      meant('between challenges, bare', 'Basic realm=a Bearer realm=b', [
        ['Basic', { realm: 'a' }],
        ['Bearer', { realm: 'b' }],
      ]),
    ],
  },
  {
    problems: ['semicolon'],
    cases: [
      meant('all through', `Bearer error="invalid_token"; resource_metadata="${url}";`),
      meant('behind a bare value', `Bearer error=invalid_token; resource_metadata="${url}"`),
      meant('without space', `Bearer error=invalid_token;resource_metadata="${url}"`),
      meant('behind the scheme', `Bearer; error="invalid_token", resource_metadata="${url}"`),
    ],
  },
  {
    problems: ['colon-after-scheme'],
    cases: [
      meant('with a space', `Bearer: error="invalid_token", resource_metadata="${url}"`),
      meant('without', `Bearer:error="invalid_token", resource_metadata="${url}"`),
      meant('an unknown scheme', 'Company: realm="a"', [['Company', { realm: 'a' }]]),
      meant('a scheme alone', 'Bearer:', [['Bearer']]),
    ],
  },
  {
    problems: ['colon-for-equals'],
    cases: [meant('all through', `Bearer error: "invalid_token", resource_metadata: "${url}"`)],
  },
  {
    problems: ['missing-comma', 'colon-for-equals'],
    cases: [meant('amid', 'Bearer a=b c: d', [['Bearer', { a: 'b', c: 'd' }]])],
  },
  {
    problems: ['single-quotes', 'line-break'],
    cases: [meant('in this order', "Bearer a='b'\nc=d", [['Bearer', { a: 'b', c: 'd' }]])],
  },
  {
    problems: ['colon-for-equals', 'unquoted-url'],
    cases: [meant('without quotes', `Bearer error:invalid_token, resource_metadata: ${url}`)],
  },
  {
    problems: ['no-scheme'],
    cases: [
      meant('at all', `error="invalid_token", resource_metadata="${url}"`, [['', params]]),
      meant('but behind', `error="invalid_token", resource_metadata="${url}", Bearer`),
      meant('but amid', `error="invalid_token", Bearer resource_metadata="${url}"`),
      meant('but in the line before', `Bearer|error="invalid_token", resource_metadata="${url}"`),
      meant('but alone before', `Bearer |error="invalid_token", resource_metadata="${url}"`),
      meant('and another challenge behind', 'a="b", Negotiate YQ==', [
        ['', { a: 'b' }],
        ['Negotiate', 'YQ=='],
      ]),
      meant('in the second line', 'Negotiate YQ==|realm="a"', [
        ['Negotiate', 'YQ=='],
        ['', { realm: 'a' }],
      ]),
    ],
  },
  {
    problems: ['json'],
    cases: [
      meant('for all', json(params), [['', params]]),
      meant('behind the scheme', `Bearer ${json({ ...params, list: [], nothing: null })}`),
      meant('cut short', `Bearer {"error": "invalid_token", "resource_metadata": "${url}"`),
      meant('with a scheme for a name', 'Bearer {"basic": "a"', [['Bearer', { basic: 'a' }]]),
      meant('as JavaScript without quotes', 'Bearer {a: b, c: d}', [
        ['Bearer', { a: 'b', c: 'd' }],
      ]),
      meant('as JavaScript', `Bearer {error: "invalid_token", resource_metadata: "${url}"}`),
    ],
  },
  {
    problems: ['html-escaped'],
    cases: [
      meant(
        'by name',
        `Bearer error=&quot;invalid_token&quot;, resource_metadata=&quot;${url}&quot;`,
      ),
      meant(
        'by number',
        `Bearer error=&#34;invalid_token&#34;, resource_metadata=&#x22;${url}&#X22;`,
      ),
      meant(
        'apostrophes',
        `Bearer error=&apos;invalid_token&apos;, resource_metadata=&#39;${url}&#39;`,
      ),
      meant('a value, too', 'Bearer a=&quot;b&amp;c&lt;&amp;gt;&quot;', [
        ['Bearer', { a: 'b&c<&gt;' }],
      ]),
    ],
  },
  {
    problems: ['line-break'],
    cases: [
      meant('behind a comma', `Bearer error="invalid_token",\nresource_metadata="${url}"`),
      meant('for a comma', `Bearer error="invalid_token"\r\nresource_metadata="${url}"`),
      meant('behind the scheme', `Bearer\nerror="invalid_token", resource_metadata="${url}"`),
      meant('within a value', 'Bearer a="b\nc"', [['Bearer', { a: 'b c' }]]),
      meant('between challenges', 'Basic a="b"\nBearer c="d"', [
        ['Basic', { a: 'b' }],
        ['Bearer', { c: 'd' }],
      ]),
    ],
  },
  {
    problems: ['other'],
    cases: [
      meant('escaped quotes', `Bearer error=\\"invalid_token\\", resource_metadata=\\"${url}\\"`),
      meant('quoted names', `Bearer "error"="invalid_token", "resource_metadata"="${url}"`),
      meant(
        'its own name',
        `WWW-Authenticate: Bearer error=invalid_token, resource_metadata="${url}"`,
      ),
      meant(
        'a comma behind the scheme',
        `Bearer, error="invalid_token", resource_metadata="${url}"`,
      ),
      meant('a parameter behind a token68', 'Negotiate YQ, a="b"', [['Negotiate', 'YQ']]),
      meant('a tab behind the scheme', `Bearer\terror="invalid_token", resource_metadata="${url}"`),
      meant('a no-break space', `Bearer\xa0error="invalid_token", resource_metadata="${url}"`),
      meant('a bare scope with a colon', 'Bearer scope=a:b', [['Bearer', { scope: 'a:b' }]]),
      meant('bare words', 'Bearer a=token has expired, scope=a b:c d', [
        ['Bearer', { a: 'token has expired', scope: 'a b:c d' }],
      ]),
      meant('no value', 'Bearer realm=, a="b"', [['Bearer', { realm: '', a: 'b' }]]),
      meant('a control character', 'Bearer a="b\0c"', [['Bearer', { a: 'b\0c' }]]),
      meant('a URL alone', `Bearer ${url}`, [['Bearer']]),
    ],
  },
]

describe.each(broken)('a field with the problem $problems.0', ({ problems, cases }) => {
  test.each(cases)('($description) is read as it was meant', ({ input, expected }) => {
    const challenges = parseChallenges(input.split('|'))
    expect(challenges.strict).toBeUndefined()
    expect(short(challenges.lenient)).toEqual(expected)
    expect([...new Set(challenges.problems.map(({ problem }) => problem))]).toEqual(problems)
  })
})

test('each problem says where it is', () => {
  const line = `Bearer error='x'; resource_metadata=${url}`
  expect(parseChallenges(['Basic realm="a"', line]).problems).toEqual([
    { problem: 'single-quotes', line: 1, at: 13, text: line.slice(13, 53) },
    { problem: 'semicolon', line: 1, at: 16, text: line.slice(16, 56) },
    { problem: 'unquoted-url', line: 1, at: 36, text: line.slice(36, 76) },
  ])
})

test('text that makes no sense is one problem, and a control character is where it stands', () => {
  const places = (line: string) => parseChallenges([line]).problems.map(({ at }) => at)
  expect(places('Bearer realm=a, []()[]')).toEqual([16])
  expect(places('Bearer realm="a\x1bb"')).toEqual([15])
})

test('no more problems are listed than a person would read', () => {
  expect(parseChallenges(['; '.repeat(1000)]).problems).toHaveLength(50)
})
