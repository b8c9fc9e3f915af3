import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'

/** A request and the response to it, odd but valid. One character a byte. */
export interface Pair {
  readonly name: string
  readonly method: string
  /** `{host}` stands for the Host field. */
  readonly request: string
  readonly response: string
  /** The connection ends behind the response. */
  readonly closes: boolean
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')
const json = '{"jsonrpc":"2.0","id":1,"result":{}}'

interface Asked {
  readonly method?: string
  readonly target?: string
  readonly fields?: readonly string[]
  readonly body?: string
  readonly chunks?: string
}

function request({ method = 'GET', target = '/a', fields = [], body, chunks }: Asked): string {
  const framing =
    chunks !== undefined
      ? ['Transfer-Encoding: chunked']
      : body !== undefined
        ? [`Content-Length: ${body.length}`]
        : []
  const lines = [`${method} ${target} HTTP/1.1`, '{host}', ...fields, ...framing, '', '']
  return lines.join('\r\n') + (chunks ?? body ?? '')
}

interface Answered {
  readonly status?: string
  readonly version?: string
  readonly fields?: readonly string[]
  readonly body?: string
  readonly framing?: readonly string[]
}

function response({
  status = '200 OK',
  version = '1.1',
  fields = [],
  body = json,
  framing,
}: Answered) {
  const frame = framing ?? [`Content-Length: ${body.length}`]
  return [`HTTP/${version} ${status}`, ...fields, ...frame, '', body].join('\r\n')
}

function chunked(...pieces: readonly string[]): string {
  const parts = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`)
  return `${parts.join('')}0\r\n\r\n`
}

const asking = (name: string, asked: Asked): Pair => ({
  name,
  method: asked.method ?? 'GET',
  request: request(asked),
  response:
    asked.method === 'HEAD'
      ? response({ body: '', framing: ['Content-Length: 12'] })
      : response({}),
  closes: false,
})

const answering = (name: string, answered: Answered, asked: Asked = {}): Pair => ({
  name,
  method: asked.method ?? 'GET',
  request: request(asked),
  response: response(answered),
  closes: answered.framing?.length === 0,
})

const methods = [
  ...[
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'PROPFIND',
    'PROPPATCH',
    'MKCOL',
    'COPY',
    'MOVE',
  ],
  ...[
    'LOCK',
    'UNLOCK',
    'REPORT',
    'SEARCH',
    'PURGE',
    'NOTIFY',
    'SUBSCRIBE',
    'M-SEARCH',
    'LINK',
    'MERGE',
    'ACL',
    'TRACE',
  ],
]

const targets = [
  ...[
    '/',
    '//',
    '///a//b//',
    '/a/./b/../c',
    '/..',
    '/%2e%2e/',
    '/%2f',
    '/%2F%2f',
    '/%',
    '/%z',
    '/a%00b',
    '/%C3%A9',
  ],
  ...[
    '/?',
    '/??',
    '/?a',
    '/?a=&b',
    '/?&&',
    '/a?b?c=d?',
    '/a;b=c;d',
    '/?x=1;y=2',
    '/?a[]=1&a[]=2',
    '/?a=b=c',
    '/?a=%26%3D',
  ],
  ...["/'()*!$,", '/"', '/|', '/{x}', '/[x]', '/^`~', '/a+b', '/a%20b+c', '/<x>', '/\\'],
  ...[
    '/@user:pass',
    '/:80',
    '/http://x/y',
    '/?u=http://x/y?z',
    '/?redirect_uri=http%3a%2f%2Fc.example%2Fcb&state=%7E',
    '/*',
  ],
  ...[
    '/a?token=1#',
    `/${'x'.repeat(8000)}`,
    `/?${'a=b&'.repeat(2000)}`,
    '/.well-known/nothing',
    '/a/.',
    '/%u0041',
  ],
]

/** Fields that both sides may send, and that nobody has to understand. */
const fields: Readonly<Record<string, readonly string[]>> = {
  'names in many cases': ['ACCEPT: a', 'x-UPPER-lower: b', 'X-miXed: c'],
  'the same name in several cases': ['X-Two: 1', 'x-two: 2', 'X-TWO: 3', 'X-Two: 1'],
  'an order of its own': ['Z: 1', 'A: 2', 'M: 3', 'A: 4'],
  'empty values': ['X-Empty:', 'X-Empty: ', 'X-Full: 1'],
  'white space around values': ['X-A:a', 'X-B:    b', 'X-C: c   ', 'X-D:\td\t'],
  'white space in values': ['X-A: a  b\tc', 'X-B: a ,, b'],
  'latin-1': ['X-Name: caf\xe9', 'X-All: \xa0\xff\x80'],
  'UTF-8': ['X-Name: caf\xc3\xa9 \xf0\x9f\x98\x80'],
  'every character of a token': ["!#$%&'*+-.^_`|~09AZaz: 1"],
  'names of objects': ['__proto__: 1', 'constructor: 2', 'toString: 3', 'hasOwnProperty: 4'],
  'names that are numbers': ['0: a', '1: b', '-1: c'],
  'underscores and dots': ['x_y: 1', 'x.y: 2', '_: 3'],
  'a value of 60 kB': [`X-Long: ${'v'.repeat(60_000)}`],
  'five hundred fields': Array.from({ length: 500 }, (_, at) => `X-${at % 7}: ${at}`),
  'quotes and commas': ['X-Q: "a, \\"b\\"", c="d', "X-S: 'x"],
  'dates that are none': ['Date: yesterday', 'Expires: 0', 'Last-Modified: -1'],
  caching: [
    'Cache-Control: no-cache, private=\x22x\x22',
    'Pragma: no-cache',
    'Vary: *',
    'ETag: W/"x"',
    'Age: 0',
  ],
  'other hops': [
    'Via: 1.0 a, 1.1 b',
    'Via: 2 c',
    'X-Forwarded-For: 1.2.3.4',
    'Forwarded: for="[::1]"',
  ],
  ranges: ['Range: bytes=0-0,-1', 'Content-Range: bytes 0-0/1', 'Accept-Ranges: none'],
  tracing: ['traceparent: 00-0-0-01', 'b3: 0', 'X-Request-Id: \x7e'],
  'media types': ['Content-Type: text/plain; charset="x"; a=b', 'Content-Type: application/json'],
  languages: ['Content-Language: de, en', 'Accept-Language: *;q=0'],
  digests: ['Digest: sha-256=x', 'Content-MD5: x', 'Repr-Digest: sha-256=:eA==:'],
  MCP: ['MCP-Protocol-Version: 1999-01-01', 'Mcp-Session-Id: a b', 'Last-Event-ID: \xe9'],
  'words of HTTP as values': [
    'X-A: chunked',
    'X-B: close',
    'X-C: HTTP/1.1 200 OK',
    'X-D: Content-Length: 5',
  ],
}

const requestFields: Readonly<Record<string, readonly string[]>> = {
  'cookies on several lines': ['Cookie: a=1; b=2', 'Cookie: c=3', 'cookie: d="4"; =5; e'],
  'credentials of many kinds': [
    'Authorization: Basic !!',
    'Authorization: x',
    'Proxy-Authorization: y',
  ],
  'two user agents': ['User-Agent: a', 'User-Agent: b'],
  'a referrer elsewhere': ['Referer: https://c.example/a?b#c'],
  conditions: ['If-None-Match: *', 'If-Match: "a", W/"b"', 'If-Modified-Since: x', 'If-Range: "x"'],
  'a method in a field': ['X-HTTP-Method-Override: DELETE', 'Max-Forwards: 0'],
  'what browsers add': [
    'DNT: 1',
    'Sec-Fetch-Site: same-origin',
    'Upgrade-Insecure-Requests: 1',
    'Priority: u=1',
  ],
  'codings nobody knows': ['Accept-Encoding: x, gzip;q=0, *', 'Accept: */*;q=0.001, a/b;c="d,e"'],
}

const bodies: Readonly<Record<string, Asked>> = {
  'of no length': { method: 'POST', body: '' },
  'of every byte': { method: 'POST', body: everyByte },
  'of 300 kB': { method: 'PUT', body: everyByte.repeat(1200) },
  'with GET': { body: 'x' },
  'with DELETE': { method: 'DELETE', body: '{}' },
  'with OPTIONS': { method: 'OPTIONS', body: 'x' },
  'with PROPFIND': { method: 'PROPFIND', body: '<x/>' },
  'that looks like a request': { method: 'POST', body: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' },
  'in one chunk': { method: 'POST', chunks: chunked('hello') },
  'in many chunks': { method: 'POST', chunks: chunked(...'many chunks of one'.split('')) },
  'in chunks, of every byte': { method: 'POST', chunks: chunked(everyByte, everyByte) },
  'in no chunk': { method: 'POST', chunks: chunked() },
  'in chunks with extensions': { method: 'POST', chunks: '5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n' },
  'in chunks with leading zeros': { method: 'POST', chunks: '0005\r\nhello\r\n000\r\n\r\n' },
  'in chunks, with DELETE': { method: 'DELETE', chunks: chunked('x') },
  'in chunks, with GET': { chunks: chunked('x') },
  'in gzip': {
    method: 'POST',
    fields: ['Content-Encoding: gzip'],
    body: gzipSync(json).toString('latin1'),
  },
  'in a coding nobody knows': {
    method: 'POST',
    fields: ['Content-Encoding: x, br'],
    body: '\0\xff',
  },
  'of a form': {
    method: 'POST',
    fields: ['Content-Type: application/x-www-form-urlencoded'],
    body: 'a=%zz&b=+&=&c&a=\xe9&d=%0d%0a',
  },
  'of many parts': {
    method: 'POST',
    fields: ['Content-Type: multipart/form-data; boundary="x y"'],
    body: '--x y\r\n\r\n\0\r\n--x y--',
  },
  'of JSON that is none': {
    method: 'POST',
    fields: ['Content-Type: application/json'],
    body: '\xef\xbb\xbf{"a":1,"a":2}\0',
  },
}

const statuses = [
  ...[
    '200 OK',
    '200',
    '200 ',
    '201 Created',
    '202 Accepted',
    '203 x',
    '205 Reset',
    '206 Partial',
    '207 Multi',
    '208 x',
    '226 IM Used',
  ],
  ...[
    '300 Many',
    '301 Moved',
    '302 Found',
    '303 See',
    '305 Proxy',
    '306 x',
    '307 x',
    '308 x',
    '400 Bad',
    '402 Pay',
    '404 Not Found',
  ],
  ...[
    '405 x',
    '406 x',
    '407 x',
    '408 x',
    '409 x',
    '410 Gone',
    '418 Teapot',
    '421 x',
    '422 x',
    '425 x',
    '426 x',
    '428 x',
    '429 x',
    '431 x',
    '451 x',
  ],
  ...[
    '499 Odd',
    '500 Oops',
    '501 x',
    '502 x',
    '503 x',
    '504 x',
    '505 x',
    '511 x',
    '520 x',
    '599 x',
    '299 caf\xe9',
    '404 \xc3\xa9',
    '200 a  b\tc!',
    '600 x',
    '999 x',
  ],
]

const gzip = gzipSync(json).toString('latin1')
const answers: Readonly<Record<string, Answered>> = {
  'in one chunk': { framing: ['Transfer-Encoding: chunked'], body: chunked(json) },
  'in many chunks': { framing: ['Transfer-Encoding: chunked'], body: chunked(...json.split('')) },
  'in no chunk': { framing: ['Transfer-Encoding: chunked'], body: chunked() },
  'in chunks with extensions': {
    framing: ['Transfer-Encoding: chunked'],
    body: '2;a="b;c"\r\nhi\r\n0;d\r\n\r\n',
  },
  'with trailers': {
    framing: ['Trailer: X-Sum, x-b', 'Transfer-Encoding: chunked'],
    body: '2\r\nhi\r\n0\r\nX-Sum: 1\r\nx-b: caf\xe9\r\nX-Sum: 2\r\n\r\n',
  },
  'with trailers that nobody announced': {
    framing: ['Transfer-Encoding: chunked'],
    body: '2\r\nhi\r\n0\r\nETag: "x"\r\n\r\n',
  },
  'to the end of the connection': { framing: [], body: everyByte },
  'of nothing, to the end of the connection': { framing: [], body: '' },
  'in HTTP/1.0': { version: '1.0' },
  'in HTTP/1.0, to the end of the connection': { version: '1.0', framing: [], body: 'old' },
  'of every byte': { body: everyByte },
  'of 300 kB': { body: everyByte.repeat(1200) },
  'of no length': { body: '' },
  'that looks like a response': { body: 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n' },
  'in gzip': { fields: ['Content-Encoding: gzip'], body: gzip },
  'in gzip, in chunks': {
    fields: ['content-encoding: GZIP'],
    framing: ['Transfer-Encoding: chunked'],
    body: chunked(gzip.slice(0, 9), gzip.slice(9)),
  },
  'in br': { fields: ['Content-Encoding: br'], body: brotliCompressSync(json).toString('latin1') },
  'in deflate': {
    fields: ['Content-Encoding: deflate'],
    body: deflateSync(json).toString('latin1'),
  },
  'in raw deflate': {
    fields: ['Content-Encoding: deflate'],
    body: deflateRawSync(json).toString('latin1'),
  },
  'in zstd': {
    fields: ['Content-Encoding: zstd'],
    body: '(\xb5/\xfd\x04\x00\x11\x00\x00hi\x00\x00\x00\x00',
  },
  'in two codings': {
    fields: ['Content-Encoding: gzip, br'],
    body: brotliCompressSync(gzipSync(json)).toString('latin1'),
  },
  'in a coding nobody knows': { fields: ['Content-Encoding: x'], body: '\0' },
  'in gzip that is none': {
    fields: ['Content-Encoding: gzip', 'Content-Type: application/json'],
    body: 'no gzip',
  },
  'of events': {
    fields: ['Content-Type: text/event-stream'],
    framing: ['Transfer-Encoding: chunked'],
    body: chunked(
      'data: 1\n',
      '\n',
      ':\n\nid\n\n',
      'event: endpoint\ndata:\n\n',
      '\ufeff'.length === 1 ? 'retry: 1\r\r' : '',
    ),
  },
  'of JSON twice': { fields: ['Content-Type: application/json'], body: `${json}\n${json}` },
  'of JSON with keys twice': {
    fields: ['Content-Type: application/json'],
    body: '{"a":1,"a":2,"\\u0061":3, "n":1e400}',
  },
}

const answerFields: Readonly<Record<string, readonly string[]>> = {
  'cookies one by one': [
    'Set-Cookie: a=1',
    'set-cookie: b=2; Path=/x',
    'Set-Cookie: a=3; HttpOnly; SameSite=None; Secure',
    'Set-Cookie: =; x',
  ],
  'a location beside it': ['Location: ../x?y#z', 'Content-Location: /%2f'],
  'a location elsewhere': ['Location: https://c.example/%7e?a=b#c'],
  'links elsewhere': ['Link: <https://c.example/a>; rel="x y", <b>; rel=next', 'Link: <>'],
  'what holds for a host': [
    'Strict-Transport-Security: max-age=1',
    'Alt-Svc: h3=":443"',
    'Expect-CT: max-age=0',
  ],
  policies: [
    "Content-Security-Policy: default-src 'none'",
    'X-Frame-Options: DENY',
    'Permissions-Policy: a=()',
  ],
  'what may be shared': [
    'Access-Control-Allow-Origin: *',
    'Access-Control-Expose-Headers: a, b',
    'Timing-Allow-Origin: x',
  ],
  'servers and dates': [
    'Server: a/1 (b) c',
    'Server: d',
    'Date: Thu, 01 Jan 1970 00:00:00 GMT',
    'X-Powered-By:',
  ],
  'a challenge that needs none': [
    'WWW-Authenticate: Basic',
    'Proxy-Authenticate: x',
    'Retry-After: soon',
  ],
}

const interim: Readonly<Record<string, string>> = {
  'early hints': 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nlink: </b>\r\n\r\n',
  'early hints twice':
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Again\r\nX: caf\xe9\r\n\r\n',
  'that it is at work': 'HTTP/1.1 102 Processing\r\n\r\n',
  'an interim response nobody knows': 'HTTP/1.1 199 Odd\r\nX: 1\r\n\r\n',
}

const heads: readonly Pair[] = [
  ['HEAD with a length', 'HEAD', '200 OK', ['Content-Length: 12345']],
  ['HEAD in chunks', 'HEAD', '200 OK', ['Transfer-Encoding: chunked']],
  ['HEAD of nothing', 'HEAD', '404 x', ['Content-Length: 0']],
  ['304 with a length', 'GET', '304 Not Modified', ['ETag: "x"', 'Content-Length: 5']],
  ['304 of nothing', 'GET', '304 Not Modified', ['ETag: "x"']],
  ['204 of nothing', 'DELETE', '204 No Content', ['X: 1']],
].map(([name, method, status, framing]) =>
  answering(
    name as string,
    { status: status as string, framing: framing as string[], body: '' },
    { method: method as string },
  ),
)

const each = <T>(
  table: Readonly<Record<string, T>>,
  make: (name: string, one: T) => Pair,
): Pair[] => Object.entries(table).map(([name, one]) => make(name, one))

export const pairs: readonly Pair[] = [
  ...methods.map((method) => asking(`a request with ${method}`, { method })),
  ...targets.map((target) => asking(`a request for ${target.slice(0, 60)}`, { target })),
  ...each(fields, (name, lines) => asking(`a request with ${name}`, { fields: lines })),
  ...each(requestFields, (name, lines) => asking(`a request with ${name}`, { fields: lines })),
  ...each(bodies, (name, asked) => asking(`a request with a body ${name}`, asked)),
  ...statuses.map((status) => answering(`a response ${status}`, { status })),
  ...each(fields, (name, lines) => answering(`a response with ${name}`, { fields: lines })),
  ...each(answerFields, (name, lines) => answering(`a response with ${name}`, { fields: lines })),
  ...each(answers, (name, answered) => answering(`a response ${name}`, answered)),
  ...each(interim, (name, head) => {
    const pair = answering(`a response after ${name}`, {})
    return { ...pair, response: head + pair.response }
  }),
  ...heads,
]
