import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLeniently } from '../../../src/core/challenge/lenient.ts'
import { parseChallenges, type ParsedChallenge } from '../../../src/core/challenge/challenge.ts'

const url = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

/** A challenge in short: its scheme, its token68 if it has one, its parameters. */
type Short = [scheme: string, content?: string | Record<string, string>]

function short(challenges: readonly ParsedChallenge[]): Short[] {
  return challenges.map(({ scheme, token68, params }) => {
    if (token68 !== undefined) return [scheme, token68]
    if (params.length === 0) return [scheme]
    return [scheme, Object.fromEntries(params.map(({ name, value }) => [name, value]))]
  })
}

const legal: { description: string; lines: string[]; expected: Short[] }[] = [
  { description: 'no field', lines: [], expected: [] },
  { description: 'an empty field', lines: [''], expected: [] },
  { description: 'a bare scheme', lines: ['Bearer'], expected: [['Bearer']] },
  {
    description: 'two bare schemes',
    lines: ['Negotiate, Bearer'],
    expected: [['Negotiate'], ['Bearer']],
  },
  {
    description: 'quoted parameters',
    lines: [`Bearer realm="mcp", resource_metadata="${url}"`],
    expected: [['Bearer', { realm: 'mcp', resource_metadata: url }]],
  },
  {
    description: 'token-form values without special characters',
    lines: ['Bearer scope=mcp, error=invalid_token'],
    expected: [['Bearer', { scope: 'mcp', error: 'invalid_token' }]],
  },
  {
    description: 'white space around the equals sign and the commas',
    lines: ['Bearer realm = "a"\t,\t error= b ,scope ="c"'],
    expected: [['Bearer', { realm: 'a', error: 'b', scope: 'c' }]],
  },
  {
    description: 'no white space at all',
    lines: ['Bearer a=b,c="d",Basic e=f'],
    expected: [
      ['Bearer', { a: 'b', c: 'd' }],
      ['Basic', { e: 'f' }],
    ],
  },
  {
    description: 'empty list elements',
    lines: [', ,Bearer a=b,, ,c=d,,', ','],
    expected: [['Bearer', { a: 'b', c: 'd' }]],
  },
  {
    description: 'empty list elements before the first parameter',
    lines: ['Bearer , a=b'],
    expected: [['Bearer', { a: 'b' }]],
  },
  {
    description: 'quoted pairs',
    lines: ['Bearer error_description="say \\"no\\", a\\\\b \\x"'],
    expected: [['Bearer', { error_description: 'say "no", a\\b x' }]],
  },
  {
    description: 'an empty quoted value',
    lines: ['Bearer realm=""'],
    expected: [['Bearer', { realm: '' }]],
  },
  {
    description: 'commas and challenges within a quoted value',
    lines: ['Bearer realm="a, Basic b=c, d"'],
    expected: [['Bearer', { realm: 'a, Basic b=c, d' }]],
  },
  {
    description: 'a folded line',
    lines: ['Bearer realm="a",\r\n error="b"'],
    expected: [['Bearer', { realm: 'a', error: 'b' }]],
  },
  {
    description: 'a line folded right behind the scheme',
    lines: ['Bearer\r\n\trealm="a"'],
    expected: [['Bearer', { realm: 'a' }]],
  },
  {
    description: 'a line folded within a quoted value',
    lines: ['Bearer scope="a\r\n\t b"'],
    expected: [['Bearer', { scope: 'a b' }]],
  },
  {
    description: 'repeated field lines',
    lines: ['Basic realm="a"', 'Bearer realm="b"'],
    expected: [
      ['Basic', { realm: 'a' }],
      ['Bearer', { realm: 'b' }],
    ],
  },
  {
    description: 'a challenge that goes on in the next field line',
    lines: ['Bearer realm="a"', 'error="b", Basic realm="c"'],
    expected: [
      ['Bearer', { realm: 'a', error: 'b' }],
      ['Basic', { realm: 'c' }],
    ],
  },
  {
    description: 'any case of scheme and names, kept as written',
    lines: ['bEARER Realm="a", ERROR=b'],
    expected: [['bEARER', { Realm: 'a', ERROR: 'b' }]],
  },
  {
    description: 'several spaces behind the scheme',
    lines: ['Bearer   realm="a"'],
    expected: [['Bearer', { realm: 'a' }]],
  },
  {
    description: 'a token68',
    lines: ['Negotiate YWJj+/-._~=='],
    expected: [['Negotiate', 'YWJj+/-._~==']],
  },
  {
    description: 'a token68 with one equals sign',
    lines: ['Bearer scope='],
    expected: [['Bearer', 'scope=']],
  },
  {
    description: 'a token68 between other challenges',
    lines: ['Basic realm="a", Negotiate YQ==, Bearer b=c'],
    expected: [
      ['Basic', { realm: 'a' }],
      ['Negotiate', 'YQ=='],
      ['Bearer', { b: 'c' }],
    ],
  },
  {
    description: 'what RFC 9110 §11.6.1 shows',
    lines: ['Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'],
    expected: [
      ['Basic', { realm: 'simple' }],
      ['Newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ],
  },
  {
    description: 'other than ASCII characters within a quoted value',
    lines: [`Bearer realm="${utf8('Müller’s “shop”')}"`],
    expected: [['Bearer', { realm: utf8('Müller’s “shop”') }]],
  },
  {
    description: 'characters that no header has, as some captures hold them',
    lines: ['Bearer error_description="Can’t read “aud”"'],
    expected: [['Bearer', { error_description: 'Can’t read “aud”' }]],
  },
  {
    description: 'apostrophes within a quoted value',
    lines: ['Bearer realm="\'a\'"'],
    expected: [['Bearer', { realm: "'a'" }]],
  },
  {
    description: 'an apostrophe within a token',
    lines: ["Bearer realm=o'clock"],
    expected: [['Bearer', { realm: "o'clock" }]],
  },
  {
    description: 'a name like a prototype',
    lines: ['Bearer constructor=a'],
    expected: [['Bearer', { constructor: 'a' }]],
  },
]

describe('a legal field', () => {
  test.each(legal)('with $description is read strictly', ({ lines, expected }) => {
    const { strict, lenient, problems } = parseChallenges(lines)
    expect(short(strict ?? [])).toEqual(expected)
    expect(strict).toBeDefined()
    expect(lenient).toEqual(strict)
    expect(problems).toEqual([])
  })

  test.each(legal)('with $description is read leniently all the same', ({ lines }) => {
    expect(readLeniently(lines)).toEqual({
      challenges: parseChallenges(lines).strict,
      problems: [],
    })
  })

  test('tells in which line each challenge and each parameter stands', () => {
    const { strict } = parseChallenges(['Basic a=b', 'c=d, Bearer e="f"'])
    expect(strict).toEqual([
      {
        scheme: 'Basic',
        params: [
          { name: 'a', value: 'b', quoted: false, line: 0 },
          { name: 'c', value: 'd', quoted: false, line: 1 },
        ],
        line: 0,
      },
      { scheme: 'Bearer', params: [{ name: 'e', value: 'f', quoted: true, line: 1 }], line: 1 },
    ])
  })
})

interface WrittenParam {
  name: string
  value: string
  quoted: boolean
}
interface WrittenChallenge {
  scheme: string
  token68?: string
  params: readonly WrittenParam[]
}

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789']
const marks = [..."!#$%&'*+-.^_`|~"]
const quotable = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
  (character) => /[\t \x21-\x7e\x80-\xff]/.test(character),
)

function token(characters: string[]): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 8 })
}

function challenges(characters: string[]): fc.Arbitrary<WrittenChallenge[]> {
  const name = token(characters)
  const quoted = fc.string({ unit: fc.constantFrom(...quotable), maxLength: 12 })
  const param = fc.oneof(
    fc.record({ name, value: name, quoted: fc.constant(false) }),
    fc.record({ name, value: quoted, quoted: fc.constant(true) }),
  )
  const word = fc.string({ unit: fc.constantFrom(...letters, ...'-._~+/'), minLength: 1 })
  const token68 = fc.tuple(word, fc.constantFrom('', '=', '==')).map((parts) => parts.join(''))
  const challenge = fc.oneof(
    fc.record({ scheme: name, params: fc.array<WrittenParam>(param, { maxLength: 4 }) }),
    fc.record({ scheme: name, token68, params: fc.constant<WrittenParam[]>([]) }),
  )
  return fc.array(challenge, { maxLength: 4 })
}

/** Writes challenges down in one of the legal ways; `choose` picks which at every fork. */
function write(list: readonly WrittenChallenge[], choose: (from: string[]) => string): string[] {
  const space = () => choose(['', ' ', '\t', '  ', '\r\n ', ' \r\n\t'])
  const comma = () => choose([',', ', ', ' ,\t', ', ,', ',\r\n ', '\n'])
  const string = (value: string) =>
    `"${[...value].map((each) => (/["\\]/.test(each) ? `\\${each}` : choose(['', '', '\\']) + each)).join('')}"`
  const challenge = ({ scheme, token68, params }: WrittenChallenge) => {
    const written = params.map(
      ({ name, value, quoted }) => `${name}${space()}=${space()}${quoted ? string(value) : value}`,
    )
    const content = token68 ?? written.reduce((text, next) => text + (text && comma()) + next, '')
    return content === ''
      ? scheme
      : scheme + choose([' ', '  ', ' , ', ' \t']).replace(', ', token68 ? '' : ', ') + content
  }
  const text = list.reduce((all, next) => all + (all && comma()) + challenge(next), '')
  // A line feed without white space behind it stands for the end of a field line.
  return text.split(/\n(?![ \t])/)
}

function sameAs(list: readonly WrittenChallenge[]): unknown {
  const param = ({ name, value, quoted }: WrittenParam) => ({ name, value, quoted })
  return list.map(({ scheme, token68, params }) => ({ scheme, token68, params: params.map(param) }))
}

const choices = fc.infiniteStream(fc.nat())

function chooser(stream: Iterator<number>): (from: string[]) => string {
  return (from) => from[stream.next().value % from.length] ?? ''
}

describe('a list of challenges', () => {
  test('written in any legal way, in one line or many, is read back', () => {
    fc.assert(
      fc.property(challenges([...letters, ...marks]), choices, (list, stream) => {
        const { strict } = parseChallenges(write(list, chooser(stream)))
        expect(strict && sameAs(strict)).toEqual(sameAs(list))
      }),
      { numRuns: 1000 },
    )
  })

  test('is read leniently as it is read strictly', () => {
    fc.assert(
      fc.property(challenges([...letters, '-', '_', '.']), choices, (list, stream) => {
        const reading = readLeniently(write(list, chooser(stream)))
        expect(reading.problems).toEqual([])
        expect(sameAs(reading.challenges)).toEqual(sameAs(list))
      }),
      { numRuns: 1000 },
    )
  })
})
