import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Exchange, type Headers, emptyBody } from '../../../src/core/wire/exchange.ts'
import { differs, diffOf } from '../../../src/tui/model/diff.ts'
import { diffLines } from '../../../src/tui/model/diff-lines.ts'

const form = 'application/x-www-form-urlencoded'

function bodyOf(text: string) {
  return text === '' ? emptyBody : { bytes: Buffer.from(text), dropped: 0 }
}

interface Sketch {
  readonly url?: string
  readonly headers?: Headers
  readonly body?: string
  readonly status?: number
  readonly answer?: string
}

function exchangeOf({ url, headers = [], body = '', status = 200, answer = '' }: Sketch): Exchange {
  return {
    id: '1',
    source: 'reverse',
    client: '',
    connection: '',
    startedAt: 0,
    request: {
      method: 'POST',
      url: url ?? 'https://login.example/token',
      headers,
      body: bodyOf(body),
    },
    response: { status, statusText: '', headers: [], body: bodyOf(answer), complete: true },
    touched: [],
  }
}

/** What differs, as `part name: left | right`. */
function changed(left: Sketch, right: Sketch): string[] {
  return diffOf(exchangeOf(left), exchangeOf(right), () => undefined)
    .filter(differs)
    .flatMap(({ title, changes }) =>
      changes.map((one) => `${title} ${one.name}: ${one.left ?? 'no'} | ${one.right ?? 'no'}`),
    )
}

describe('two exchanges beside each other', () => {
  test('only what differs is told', () => {
    const headers = [['Content-Type', form]] as const
    expect(
      changed(
        { headers, body: 'grant_type=authorization_code&code=a&resource=x' },
        { headers, body: 'grant_type=authorization_code&code=a', status: 400 },
      ),
    ).toEqual(['Request body resource: x | no', 'Outcome status: 200 | 400'])
  })

  test('members of JSON are compared wherever they stand, names with slashes too', () => {
    expect(
      changed({ answer: '{"a":{"b/c":1},"d":[1,2]}' }, { answer: '{"d":[1,3],"a":{"b/c":2}}' }),
    ).toEqual(['Response body /a/b~1c: 1 | 2', 'Response body /d/1: 2 | 3'])
  })

  test('query members and repeated header fields are compared one by one', () => {
    expect(
      changed(
        { url: 'https://x.example/?a=1&a=2', headers: [['X-A', '1']] },
        {
          url: 'https://x.example/?a=1&a=3',
          headers: [
            ['x-a', '1'],
            ['X-A', '2'],
          ],
        },
      ),
    ).toEqual(['Query a[1]: 2 | 3', 'Request headers x-a[1]: no | 2'])
  })

  test('what differs from call to call is no difference', () => {
    const [part] = diffOf(
      exchangeOf({ headers: [['Date', 'Monday']] }),
      exchangeOf({ headers: [['Date', 'Tuesday']] }),
      () => undefined,
    ).filter(({ title }) => title === 'Request headers')
    expect(part).toMatchObject({ changes: [], noise: ['date'] })
  })

  test('tokens are compared by what they say', () => {
    const label = (digit: string) => `‹access_token:${digit.repeat(16)}›`
    const facts = (name: string) => ({
      kind: 'access_token',
      length: 10,
      claims: { aud: name === label('a') ? 'one' : 'other', iss: 'same' },
    })
    const parts = diffOf(
      exchangeOf({ headers: [['Authorization', `Bearer ${label('a')}`]] }),
      exchangeOf({ headers: [['Authorization', `Bearer ${label('b')}`]] }),
      facts as never,
    )
    expect(parts.find(({ title }) => title.startsWith('Token'))).toMatchObject({
      changes: [{ name: 'claims/aud', left: '"one"', right: '"other"' }],
      same: ['claims/iss'],
    })
  })

  test('hostile documents end in time and never reach a prototype', () => {
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`
    const wide = `{"__proto__":{"x":1},${Array.from({ length: 9000 }, (_, n) => `"k${n}":1`).join()}}`
    expect(changed({ answer: deep }, { answer: wide }).length).toBeLessThan(5000)
    expect(({} as { x?: number }).x).toBeUndefined()
  })
})

describe('lines', () => {
  test('what is far from a difference is left out, and counted', () => {
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}`)
    const other = lines.with(10, 'another')
    expect(diffLines(lines.join('\n'), other.join('\n'))).toEqual([
      { side: 'gap', text: '8' },
      { side: 'both', text: 'line 8' },
      { side: 'both', text: 'line 9' },
      { side: 'left', text: 'line 10' },
      { side: 'right', text: 'another' },
      { side: 'both', text: 'line 11' },
      { side: 'both', text: 'line 12' },
      { side: 'gap', text: '7' },
    ])
  })

  test('each side can be put together again from its lines', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(text, text, (one, other) => {
        const lines = diffLines(one.join('\n'), other.join('\n'))
        const count = (side: 'left' | 'right') =>
          lines.reduce(
            (sum, line) =>
              sum +
              (line.side === 'gap'
                ? Number(line.text)
                : Number(line.side === side || line.side === 'both')),
            0,
          )
        expect([count('left'), count('right')]).toEqual([one.length, other.length])
      }),
    )
  })

  const long = (name: string) => Array.from({ length: 3000 }, (_, n) => `${name} ${n}`)

  test('single lines of long texts are found, however far from each other', () => {
    const lines = long('a')
    const other = lines.with(1, 'x').toSpliced(2998, 1)
    const told = diffLines(lines.join('\n'), other.join('\n'))
    expect(told.filter(({ side }) => side === 'left' || side === 'right')).toEqual([
      { side: 'left', text: 'a 1' },
      { side: 'right', text: 'x' },
      { side: 'left', text: 'a 2998' },
    ])
  })

  test('long texts that have little in common are told as a whole', () => {
    const [one, other] = [
      ['same', ...long('a')],
      ['same', ...long('b')],
    ]
    const told = diffLines(one.join('\n'), other.join('\n'))
    expect(told.map(({ side }) => side).join()).toBe(
      [...one.map(() => 'left'), ...other.map(() => 'right')].join(),
    )
  })
})
