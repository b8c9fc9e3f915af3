import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface Issued {
  /** PEM. */
  readonly cert: string
  readonly key: string
}

interface Authority extends Issued {
  readonly name: Buffer
  readonly privateKey: KeyObject
}

/** A certificate authority that lives as long as the test (RFC 5280 §4.1). */
export function authority(commonName: string): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = distinguishedName(commonName)
  const basicConstraints = extension('55 1d 13', sequence(tag(0x01, Buffer.from([0xff]))), true)
  const cert = certificate(name, name, publicKey, privateKey, [basicConstraints])
  return { cert, key: pem(privateKey), name, privateKey }
}

/** A certificate for localhost and 127.0.0.1, or for a client. */
export function issue(by: Authority, commonName: string): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const names = sequence(
    tag(0x82, Buffer.from('localhost')),
    tag(0x87, Buffer.from([127, 0, 0, 1])),
  )
  const alternative = extension('55 1d 11', names, false)
  return {
    cert: certificate(distinguishedName(commonName), by.name, publicKey, by.privateKey, [
      alternative,
    ]),
    key: pem(privateKey),
  }
}

const ecdsaWithSha256 = sequence(oid('2a 86 48 ce 3d 04 03 02'))

function certificate(
  subject: Buffer,
  issuer: Buffer,
  subjectKey: KeyObject,
  issuerKey: KeyObject,
  extensions: Buffer[],
): string {
  const version = tag(0xa0, integer(Buffer.from([2])))
  const serial = integer(Buffer.concat([Buffer.from([1]), randomBytes(8)]))
  const validity = sequence(time(-60), time(60))
  const key = subjectKey.export({ format: 'der', type: 'spki' })
  const body = sequence(
    version,
    serial,
    ecdsaWithSha256,
    issuer,
    validity,
    subject,
    key,
    tag(0xa3, sequence(...extensions)),
  )
  const signature = tag(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, issuerKey)]))
  const base64 = sequence(body, ecdsaWithSha256, signature).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tag(0x31, sequence(oid('55 04 03'), tag(0x0c, Buffer.from(commonName)))))
}

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  return sequence(oid(id), ...(critical ? [tag(0x01, Buffer.from([0xff]))] : []), tag(0x04, value))
}

function time(minutes: number): Buffer {
  const text = new Date(Date.now() + minutes * 60_000).toISOString().replace(/[-:T]|\.\d+/g, '')
  return tag(0x18, Buffer.from(text))
}

function integer(bytes: Buffer): Buffer {
  return tag(0x02, bytes)
}

function oid(hex: string): Buffer {
  return tag(0x06, Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}

function sequence(...parts: Buffer[]): Buffer {
  return tag(0x30, Buffer.concat(parts))
}

function tag(type: number, content: Buffer): Buffer {
  const { length } = content
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([type, ...size]), content])
}

function pem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}
