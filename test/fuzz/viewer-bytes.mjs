import { brokenText } from './breaking.mjs'

/** What somebody sends to the port for viewers: a handshake, or something like it, and frames of a WebSocket (RFC 6455 §5.2). */
export function viewerBytes(chance, secrets) {
  const token = chance.pick(['v'.repeat(40), 'v'.repeat(39), '', 'x'.repeat(9000), '\xff'])
  const fields = [
    'Host: localhost',
    `Connection: ${chance.pick(['Upgrade', 'close', 'keep-alive, Upgrade'])}`,
    `Upgrade: ${chance.pick(['websocket', 'h2c', 'WebSocket'])}`,
    `Sec-WebSocket-Version: ${chance.pick(['13', '8', '', '13, 8'])}`,
    `Sec-WebSocket-Key: ${chance.pick(['dGhlIHNhbXBsZSBub25jZQ==', 'x', ''])}`,
    chance.pick([
      `Authorization: Bearer ${token}`,
      `Sec-WebSocket-Protocol: authtap, ${token}`,
      'Origin: https://evil.invalid',
    ]),
    chance.pick([
      'Sec-WebSocket-Extensions: permessage-deflate',
      'Content-Length: 5',
      'Expect: 100-continue',
      'X: 1',
    ]),
  ]
  const head = `GET ${chance.pick(['/', '/x', '*', '/?token=x'])} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`
  const broken = chance.is(0.5) ? brokenText(chance, head, Object.values(secrets)) : head
  return broken + Array.from({ length: chance.few(40) }, () => frame(chance)).join('')
}

function frame(chance) {
  const operation = chance.is(0.7) ? chance.pick([0, 1, 2, 8, 9, 10]) : chance.below(16)
  const flags = chance.is(0.7) ? 0x80 : chance.below(16) << 4
  const size = chance.pick([0, 1, 125, 126, 2000, 70_000])
  const masked = chance.is(0.8) ? 0x80 : 0
  const announced = chance.is(0.8) ? size : chance.below(2 ** 31)
  const mask = masked === 0 ? '' : '\x01\x02\x03\x04'
  return (
    String.fromCharCode(flags | operation) +
    lengthOf(announced, masked) +
    mask +
    chance.text(1, 'a\xff\0').repeat(size)
  )
}

function lengthOf(size, masked) {
  if (size < 126) return String.fromCharCode(masked | size)
  const bytes = Buffer.alloc(size < 65_536 ? 2 : 8)
  if (bytes.length === 2) bytes.writeUInt16BE(size)
  else bytes.writeBigUInt64BE(BigInt(size))
  return String.fromCharCode(masked | (bytes.length === 2 ? 126 : 127)) + bytes.toString('latin1')
}
