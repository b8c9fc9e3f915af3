/** Ways to break what was well-formed. Text stands for bytes: one character each. */

/** @param more further pieces, such as secrets */
function oddPiece(chance, more) {
  const kind = chance.below(12)
  if (kind === 0)
    return chance
      .pick(['x', '9', ' ', '%41', '[', '{"a":', '\r\n', '\0'])
      .repeat(chance.few(70_000))
  if (kind === 1) return chance.pick(more)
  if (kind < 4) return String.fromCharCode(chance.below(256))
  return chance.pick(odd)
}

const odd = [
  ...[
    '\0',
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\r\n ',
    '\t',
    ' ',
    '',
    ':',
    ';',
    ',',
    '=',
    '&',
    '#',
    '?',
    '%',
  ],
  ...[
    '\x1b[2J',
    '\x1b]0;x\x07',
    '\x9b31m',
    '\x1bP',
    '\x1b[6n',
    '\xe2\x80\xae',
    '\xe2\x80\xa8',
    '\xff',
    '\xc3',
    '\xed\xa0\x80',
  ],
  ...[
    '%00',
    '%ff',
    '%zz',
    '%',
    '%25%32%35',
    '%0d%0a',
    '+',
    '\\',
    '\\u0000',
    '\\ud800',
    '"',
    "'",
    '<',
    '>',
    '`',
    '|',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'prototype',
    'undefined',
    'null',
    'NaN',
  ],
  ...[
    '-1',
    '0',
    '1e999',
    '1e-999',
    '9'.repeat(40),
    '0x10',
    '١',
    '007',
    'Infinity',
    '-',
    '--',
    '1.5',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '{}',
    '[]',
    '[[[[',
    '"":',
    '//',
    '/*',
    '../../..',
    '\xef\xbb\xbf',
    '${x}',
    '<script>',
  ],
  ...[
    'http://[::1',
    'http://x:99999/',
    'javascript:1',
    'https://a@b:c@d/',
    '//',
    'data:,',
    'file:///etc/passwd',
  ],
  ...[
    'chunked',
    'gzip',
    'Content-Length: 3\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Connection: close\r\n',
    'Upgrade: h2c\r\n',
  ],
  ...[
    'Bearer',
    'Basic',
    'DPoP',
    'eyJhbGciOiJub25lIn0.e30.',
    '\xe2\x80\xb9access_token:0123456789abcdef\xe2\x80\xba',
  ],
  ...[
    'HTTP/1.0',
    'HTTP/2.0',
    'HTTP/9.9',
    '0\r\n\r\n',
    'ffffffffffffffff\r\n',
    'data: \n\n',
    'event: endpoint\n',
  ],
]

/** Some edits of a text. What is given back may be of any kind, also as it was. */
export function brokenText(chance, text, more) {
  let broken = text
  for (let edits = 1 + chance.few(4); edits > 0; edits -= 1) broken = edited(chance, broken, more)
  return broken.length > 2_000_000 ? broken.slice(0, 2_000_000) : broken
}

function edited(chance, text, more) {
  const from = chance.below(text.length + 1)
  const to = Math.min(text.length, from + 1 + chance.few(chance.pick([4, 40, 400])))
  const piece = text.slice(from, to)
  switch (chance.below(8)) {
    case 0:
      return text.slice(0, from)
    case 1:
      return text.slice(0, from) + text.slice(to)
    case 2:
      return text.slice(0, to) + piece + text.slice(to)
    case 3:
      return text.slice(0, to) + piece.repeat(chance.few(300)) + text.slice(to)
    case 4:
      return text.slice(0, from) + flipped(chance, piece) + text.slice(to)
    case 5: {
      const line = text.split('\n')
      const at = chance.below(line.length)
      const moved = line.splice(at, 1)
      line.splice(chance.below(line.length + 1), 0, ...moved)
      return line.join('\n')
    }
    case 6:
      return text.slice(0, from) + oddPiece(chance, more) + text.slice(to)
    default:
      return text.slice(0, from) + oddPiece(chance, more) + text.slice(from)
  }
}

function flipped(chance, piece) {
  const at = chance.below(piece.length)
  const code = (piece.charCodeAt(at) || 0) ^ (1 << chance.below(8))
  return piece.slice(0, at) + String.fromCharCode(code & 0xff) + piece.slice(at + 1)
}

const values = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    -1e308,
    5e-324,
    2 ** 53,
    '',
    ' ',
    [],
    {},
    [null],
    [[]],
    { a: null },
  ],
  ...[
    'x'.repeat(5000),
    '\u202e',
    '\x1b[2J',
    '\ud800',
    '__proto__',
    'NaN',
    '-0',
    '1e999',
    '2026-99-99T99:99',
    'http://[',
  ],
]

/** A JSON value with some of its nodes replaced, and its text with keys renamed or twice. */
export function brokenJson(chance, value, more) {
  let broken = value
  for (let edits = 1 + chance.few(5); edits > 0; edits -= 1) broken = replaced(chance, broken, more)
  let text = JSON.stringify(broken) ?? 'null'
  if (chance.is(0.3)) text = withOddKey(chance, text)
  if (chance.is(0.1))
    text = text.replace(/:(?=\d|null|\{)/, `:${'[{"a":'.repeat(chance.few(20_000))}`)
  if (chance.is(0.1)) text = text.replace(/\d+/, '9'.repeat(1 + chance.few(500)))
  return chance.is(0.25) ? brokenText(chance, text, more) : text
}

/** One node, wherever it is, becomes another value. */
function replaced(chance, value, more) {
  const isList = typeof value === 'object' && value !== null
  const keys = isList ? Object.keys(value) : []
  if (keys.length === 0 || chance.is(0.08))
    return chance.is(0.1) ? chance.pick(more) : chance.pick(values)
  const key = chance.pick(keys)
  if (Array.isArray(value))
    return value.map((one, at) => (String(at) === key ? replaced(chance, one, more) : one))
  if (chance.is(0.08))
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
  return { ...value, [key]: replaced(chance, value[key], more) }
}

function withOddKey(chance, text) {
  const keys = [...text.matchAll(/"[A-Za-z_]{1,30}":/g)]
  if (keys.length === 0) return text
  const { index, 0: key } = chance.pick(keys)
  const other = chance.pick([
    '"__proto__":',
    '"constructor":',
    '"":',
    '"length":',
    chance.pick(keys)[0],
  ])
  const twice = chance.is(0.5) ? `${key}${chance.pick(['null', '{}', '[]', '0', '"x"'])},` : ''
  return (
    text.slice(0, index) + (twice === '' ? other : twice + key) + text.slice(index + key.length)
  )
}
