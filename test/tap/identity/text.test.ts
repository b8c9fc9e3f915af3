/** What is changed in the text of documents, forms, cookies and challenges. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseForm } from '../../../src/core/wire/params.ts'
import { changeChallenge, challengeUrls } from '../../../src/tap/identity/challenge-text.ts'
import { jarPrefix, localSetCookie, upstreamCookie } from '../../../src/tap/identity/cookies.ts'
import { FormText } from '../../../src/tap/identity/form-text.ts'
import { JsonText } from '../../../src/tap/identity/json-text.ts'
import { relayUriFor, swapPort } from '../../../src/tap/identity/relay-uri.ts'
import { KeptBody } from '../../../src/tap/wire/kept-body.ts'

const from = 'https://as.example'
const to = 'http://localhost:8485'
const move = (url: string) => (url.startsWith(from) ? to + url.slice(from.length) : url)

/** JSON as people and programs write it: spaces anywhere, any character escaped. */
const spelledJson = fc
  .array(fc.boolean(), { minLength: 7, maxLength: 7 })
  .map((bits) => (value: unknown) => {
    const spaced = JSON.stringify(value, null, bits[0] ? 2 : undefined)
    return bits[1] ? spaced.replaceAll('/', '\\/') : bits[2] ? escapeAll(spaced) : spaced
  })

/** Escapes some bare characters of every string, by UTF-16 unit as RFC 8259 §7 has it. */
function escapeAll(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/g, (string) =>
    string.replace(/\\u[0-9a-f]{4}|\\.|[:.a-f\u0080-\uffff]/g, (token) =>
      token.startsWith('\\') ? token : `\\u${token.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  )
}

const urlish = fc.oneof(
  fc.constant(from),
  fc.string({ unit: 'grapheme' }).map((path) => `${from}/${path}`),
  fc.string({ unit: 'binary' }).filter((text) => Buffer.from(text).toString() === text),
)

describe('JSON documents', () => {
  test('what is changed is changed, everything else is the same value', () => {
    fc.assert(
      fc.property(spelledJson, urlish, urlish, fc.jsonValue(), (spell, issuer, first, other) => {
        const text = spell({ other, issuer, list: [first, 1, issuer], nested: { issuer } })
        const json = JsonText.read(Buffer.from(text))!
        const strings = [...json.strings('issuer'), ...json.listed('list')]
        const splices = strings.flatMap(
          (string) => json.changeStart(string, move(string.value)) ?? [],
        )
        const changed = json.apply(splices).toString()
        expect(JSON.parse(changed)).toEqual({
          other: JSON.parse(JSON.stringify(other)) as unknown,
          issuer: move(issuer),
          list: [move(first), 1, move(issuer)],
          nested: { issuer },
        })
        if (move(issuer) === issuer && move(first) === first) expect(changed).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test('what is appended to a list can be removed again, and the bytes are the same', () => {
    fc.assert(
      fc.property(
        spelledJson,
        fc.array(urlish, { minLength: 1, maxLength: 5 }),
        fc.array(urlish, { minLength: 1, maxLength: 3 }),
        (spell, list, added) => {
          const text = spell({ a: 1, list, b: '' })
          const json = JsonText.read(Buffer.from(text))!
          const more = json.apply([json.append(json.lists('list')[0]!, added)])
          expect(JSON.parse(more.toString())).toEqual({ a: 1, list: [...list, ...added], b: '' })
          const again = JsonText.read(more)!
          const unwanted = new Set(added.filter((one) => !list.includes(one)))
          const fewer = again.apply(
            again.remove(again.lists('list')[0]!, (one) => unwanted.has(one)),
          )
          expect(JSON.parse(fewer.toString())).toEqual({
            a: 1,
            list: [...list, ...added].filter((one) => !unwanted.has(one)),
            b: '',
          })
          if (unwanted.size === new Set(added).size && added.length === unwanted.size)
            expect(fewer.toString()).toBe(text)
        },
      ),
      { numRuns: 500 },
    )
  })

  test.each([
    ['the first', ['x', 'a', 'b'], ['a', 'b']],
    ['the first two', ['x', 'x', 'b'], ['b']],
    ['one in the middle', ['a', 'x', 'b'], ['a', 'b']],
    ['the first and the last', ['x', 'a', 'x'], ['a']],
    ['all', ['x', 'x'], []],
    ['none', ['a', 'b'], ['a', 'b']],
  ])('%s can be removed', (_, list, left) => {
    const json = JsonText.read(Buffer.from(JSON.stringify({ list }, null, 1)))!
    const changed = json.apply(json.remove(json.lists('list')[0]!, (one) => one === 'x')).toString()
    expect(JSON.parse(changed)).toEqual({ list: left })
  })

  test('any bytes are read or refused without an exception', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void JsonText.read(bytes)))
    expect(
      JsonText.read(Buffer.from(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)),
    ).toBeUndefined()
    expect(JsonText.read(Buffer.from('{"a":1,}'))).toBeUndefined()
    expect(JsonText.read(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))?.has('a')).toBe(
      false,
    )
  })
})

describe('forms', () => {
  const raw = fc
    .array(
      fc.constantFrom(
        'a',
        'b',
        '=',
        '&',
        '+',
        '%20',
        '%zz',
        '%',
        'resource',
        '=x',
        '%c3%a9',
        '\u00e9',
        '[',
        ';',
      ),
    )
    .map((parts) => parts.join(''))

  test('one that is not changed keeps its spelling', () => {
    fc.assert(fc.property(raw, (text) => void expect(new FormText(text).toString()).toBe(text)))
  })

  test('a change reaches every value of the name, and nothing else', () => {
    fc.assert(
      fc.property(raw, fc.string(), (text, value) => {
        const form = new FormText(text)
        form.change('a', () => value)
        const utf8 = Buffer.from(text, 'latin1').toString()
        const expected = parseForm(utf8).map(([name, before]) => [
          name,
          name === 'a' ? value : before,
        ])
        expect(parseForm(Buffer.from(form.toString(), 'latin1').toString())).toEqual(expected)
      }),
    )
  })

  test('what is appended can be removed again', () => {
    fc.assert(
      fc.property(raw, fc.string({ minLength: 30, maxLength: 30 }), (text, state) => {
        const form = new FormText(text)
        form.append('state', state)
        expect(form.getAll('state').at(-1)).toBe(state)
        form.remove('state', state)
        expect(form.toString()).toBe(text)
      }),
    )
  })
})

describe('challenges', () => {
  const piece = fc.constantFrom(
    'Bearer',
    ' ',
    ',',
    '"',
    '\\',
    '=',
    'resource_metadata',
    'Resource_Metadata="',
    `"${from}/x"`,
    from,
    'error',
    'abc==',
    '\t',
    '\\"',
  )
  const field = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''))

  test('one whose URLs are not changed keeps every byte', () => {
    fc.assert(
      fc.property(field, (text) => void expect(changeChallenge(text, (url) => url)).toBe(text)),
    )
  })

  test('only the URLs change, and they can be read back', () => {
    fc.assert(
      fc.property(field, (text) => {
        const changed = changeChallenge(text, move)
        expect(challengeUrls(changed)).toEqual(challengeUrls(text).map(move))
        // An escape inside the origin goes with it.
        if (text.includes(`\\${from}`)) return
        const back = (url: string) => (url.startsWith(to) ? from + url.slice(to.length) : url)
        expect(changeChallenge(changed, back)).toBe(text)
      }),
    )
  })

  test.each([
    ['Bearer resource_metadata="https://a/x"', ['https://a/x']],
    ['Bearer resource_metadata=https://a/x, error="e"', ['https://a/x']],
    ['Bearer error="resource_metadata=\\"no\\"", authorization_uri = "https://b"', ['https://b']],
    ['Bearer x="a", DPoP RESOURCE_METADATA="https://c"', ['https://c']],
    ['Bearer resource_metadata="https://unclosed', ['https://unclosed']],
    ['Bearer my_resource_metadata="no"', []],
    ['Bearer resource_metadata=', ['']],
    ['', []],
  ])('%s names %j', (text, urls) => {
    expect(challengeUrls(text)).toEqual(urls)
  })

  test('one of 200 kB is read in a moment', () => {
    for (const unit of ['"', '\\', ' ', 'a', 'a=', 'a ', ',"', '="\\'])
      expect(challengeUrls(unit.repeat(200_000 / unit.length))).toEqual([])
  })
})

describe('cookies', () => {
  test('what one upstream set comes back to it, and to no other', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (pairs, browser) => {
          const mine = jarPrefix('https://a.example')
          const other = jarPrefix('https://b.example')
          const jar = pairs.flatMap(([key, value]) =>
            [mine, other].map((prefix) =>
              localSetCookie(`${key}=${value}; Secure`, { prefix, scheme: 'http', path: '' }),
            ),
          )
          const back = upstreamCookie(jar.join('; '), mine, browser)
          expect(back).toBe(pairs.map(([key, value]) => `${key}=${value}`).join('; '))
        },
      ),
    )
  })

  test('attributes that a loopback host cannot hold go, the others stay as they were written', () => {
    expect(
      localSetCookie(
        'a=b;Secure ; DOMAIN = x;samesite=NONE; Path=/p ;Max-Age=1; Partitioned; HttpOnly; SameSite=Strict',
        { prefix: 'p-', scheme: 'http', path: '' },
      ),
    ).toBe('p-a=b; Path=/p ;Max-Age=1; HttpOnly; SameSite=Strict')
  })

  test('with TLS only the domain goes: a browser keeps Secure for a host that it reaches by https', () => {
    expect(
      localSetCookie('a=b; Secure; Domain=x.example; SameSite=None; Partitioned', {
        prefix: 'p-',
        scheme: 'https',
        path: '',
      }),
    ).toBe('p-a=b; Secure; SameSite=None; Partitioned')
  })

  test('at a public name of its own a cookie keeps its name, below a path it is kept for that path', () => {
    const own = { prefix: '', scheme: 'https', path: '' } as const
    expect(localSetCookie('__Host-a=b; Secure; Path=/', own)).toBe('__Host-a=b; Secure; Path=/')
    expect(upstreamCookie('__Host-a=b', own.prefix, true)).toBe('__Host-a=b')
    const below = { prefix: 'p-', scheme: 'https', path: '/~1' } as const
    expect(localSetCookie('a=b; Secure; path = /login; SameSite=None', below)).toBe(
      'p-a=b; Secure; path = /~1/login; SameSite=None',
    )
  })
})

describe('relay URIs', () => {
  test.each([
    ['http://127.0.0.1:51234/callback/x?a=%7e', 'http://127.0.0.1:9/callback/x?a=%7e'],
    ['http://localhost/callback', 'http://localhost:9/callback'],
    ['http://[::1]:1', 'http://[::1]:9'],
    ['HTTP://LocalHost:1/', 'HTTP://LocalHost:9/'],
    ['https://localhost:1/', undefined],
    ['http://127.0.0.2:1/', undefined],
    ['http://example.com/', undefined],
    ['cursor://cb', undefined],
    ['', undefined],
  ])('%s has its port replaced: %s', (redirectUri, swapped) => {
    expect(swapPort(redirectUri, 9)).toBe(swapped)
    expect(relayUriFor(redirectUri, 9, 'localhost')).toBe(swapped ?? 'http://localhost:9/~callback')
  })
})

describe('the kept body', () => {
  test('keeps the beginning and counts the rest, and what was handed out does not change', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
        fc.nat(200),
        (chunks, limit) => {
          const kept = new KeptBody(limit)
          const shown: { bytes: Uint8Array; copy: string }[] = []
          for (const chunk of chunks) {
            kept.append(chunk)
            const { bytes } = kept.body()
            shown.push({ bytes, copy: Buffer.from(bytes).toString('hex') })
          }
          const all = Buffer.concat(chunks)
          const { bytes, dropped } = kept.body()
          expect(Buffer.from(bytes).equals(all.subarray(0, limit))).toBe(true)
          expect(dropped).toBe(Math.max(all.length - limit, 0))
          for (const one of shown) expect(Buffer.from(one.bytes).toString('hex')).toBe(one.copy)
        },
      ),
    )
  })
})
