import { describe, expect, test } from 'vitest'
import { bodyText, emptyBody } from '../../../src/core/wire/exchange.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'

describe('what curl -v prints', () => {
  const output = [
    '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current',
    '                                 Dload  Upload   Total   Spent    Left  Speed',
    '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0*   Trying 127.0.0.1:33329...',
    '* Connected to mcp.internal (127.0.0.1) port 33329 (#0)',
    '> POST /mcp HTTP/1.1\r',
    '> Host: mcp.internal:33329\r',
    '> Content-Length: 7\r',
    '> \r',
    '} [7 bytes data]',
    '< HTTP/1.1 100 Continue\r',
    '< \r',
    '< HTTP/1.1 401 Unauthorized\r',
    '< content-encoding: gzip\r',
    '< Transfer-Encoding: chunked\r',
    '< \r',
    '{ [17 bytes data]',
    '\r100    14    0     7  100     7   1120   1120 --:--:-- --:--:-- --:--:--  2333',
    '* Connection #0 to host mcp.internal left intact',
    '{"a":1}* Re-using existing connection #0 with host mcp.internal',
    '> GET /b HTTP/1.1\r',
    '> Host: mcp.internal:33329\r',
    '> \r',
    '< HTTP/2 200 \r',
    '< content-length: 100\r',
    '< \r',
    '{ [3 bytes data]',
    'curl: (18) transfer closed with 97 bytes remaining to read',
    'abc',
    '> GET /c HTTP/1.1\r',
    '> Host: mcp.internal:33329\r',
    '> \r',
    '* Empty reply from server',
    'curl: (52) Empty reply from server',
  ].join('\n')

  test('is read without its notes and progress', () => {
    const [first, second, third] = parseTranscript(output)
    expect(first!.request.url).toBe('http://mcp.internal:33329/mcp')
    expect(bodyText(first!.response!)).toBe('{"a":1}')
    expect(second!.response).toMatchObject({ status: 200, statusText: '', httpVersion: '2' })
    expect(second!.response!.complete).toBe(false)
    expect(bodyText(second!.response!)).toBe('abc')
    expect(third!.failure).toEqual({
      phase: 'http',
      code: 'CURL52',
      message: '(52) Empty reply from server',
    })
  })

  test('does not pass an unprinted request body off as an empty one', () => {
    expect(parseTranscript(output)[0]!.request.body).toEqual({
      bytes: emptyBody.bytes,
      dropped: 7,
    })
  })

  test('tells https from its notes and leaves out the tunnel through a proxy', () => {
    const exchanges = parseTranscript(
      [
        '*   Trying 10.0.0.1:3128...',
        '* Connected to proxy (10.0.0.1) port 3128',
        '> CONNECT localhost:8443 HTTP/1.1',
        '> Host: localhost:8443',
        '> ',
        '< HTTP/1.1 200 Connection established',
        '< ',
        '* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384',
        '> GET /mcp HTTP/1.1',
        '> Host: localhost:8443',
        '> ',
        '< HTTP/1.1 204 No Content',
        '< ',
      ].join('\n'),
    )
    expect(exchanges.map((exchange) => exchange.request.url)).toEqual([
      'https://localhost:8443/mcp',
    ])
  })
})
