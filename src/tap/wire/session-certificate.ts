import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
} from '@peculiar/asn1-x509'
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import type { Identity } from './listener.ts'

/** Made for one session: what the listeners show, and what a client has to trust. */
export interface SessionCertificate extends Identity {
  /** PEM. */
  readonly ca: string
}

const day = 24 * 60 * 60 * 1000
/** A session that runs longer is started anew. */
const lifetime = 30 * day

interface Party {
  readonly name: Name
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/**
 * A certificate for these host names, as `URL.hostname` spells them, and the authority that issued it (RFC 5280 §4.1). The key of
 * the authority is forgotten once it has signed: whoever trusts it trusts this one certificate, and no other can come of it.
 */
export function makeSessionCertificate(
  names: readonly string[],
  now = Date.now(),
): SessionCertificate {
  const authority = newParty(`authtap session ${randomBytes(4).toString('hex')}`)
  const server = newParty('authtap')
  const caUsage = new KeyUsage(KeyUsageFlags.keyCertSign)
  const ca = issue(authority, authority, now, [
    extension(
      id_ce_basicConstraints,
      new BasicConstraints({ cA: true, pathLenConstraint: 0 }),
      true,
    ),
    extension(id_ce_keyUsage, caUsage, true),
  ])
  const cert = issue(server, authority, now, [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth]), false),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(names.map(generalName)), false),
  ])
  const key = server.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { cert, key, ca }
}

function newParty(commonName: string): Party {
  const value = new AttributeValue({ utf8String: commonName })
  const part = new AttributeTypeAndValue({ type: '2.5.4.3', value })
  return {
    name: new Name([new RelativeDistinguishedName([part])]),
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  }
}

function issue(subject: Party, issuer: Party, now: number, extensions: Extension[]): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' })
  const spki = subject.publicKey.export({ format: 'der', type: 'spki' })
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    // Positive, and of no more than 20 octets (RFC 5280 §4.1.2.2).
    serialNumber: bytesOf(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    signature: algorithm,
    issuer: issuer.name,
    // Clocks differ.
    validity: new Validity({ notBefore: new Date(now - day), notAfter: new Date(now + lifetime) }),
    subject: subject.name,
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    extensions: new Extensions([
      ...extensions,
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(subject)), false),
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyId(issuer)) }),
        false,
      ),
    ]),
  })
  const signed = Buffer.from(AsnConvert.serialize(tbsCertificate))
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: bytesOf(sign('sha256', signed, issuer.privateKey)),
  })
  const base64 = Buffer.from(AsnConvert.serialize(certificate)).toString('base64')
  const lines = base64.match(/.{1,64}/g)!.join('\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function extension(extnID: string, value: object, critical: boolean): Extension {
  const extnValue = new OctetString(AsnConvert.serialize(value))
  return new Extension({ extnID, critical, extnValue })
}

function generalName(name: string): GeneralName {
  const bare = name.replace(/^\[|\]$/g, '')
  return new GeneralName(isIP(bare) === 0 ? { dNSName: bare } : { iPAddress: bare })
}

function keyId({ publicKey }: Party): ArrayBuffer {
  const key = publicKey.export({ format: 'der', type: 'spki' })
  return bytesOf(createHash('sha256').update(key).digest().subarray(0, 20))
}

function bytesOf(buffer: Buffer): ArrayBuffer {
  return Uint8Array.from(buffer).buffer
}
