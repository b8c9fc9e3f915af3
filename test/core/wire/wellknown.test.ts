import { buildDiscoveryUrls } from '@modelcontextprotocol/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  readWellKnown,
  resourceMetadataUrls,
  serverMetadataUrls,
} from '../../../src/core/wire/wellknown.ts'

const prm = '/.well-known/oauth-protected-resource'
const oauth = '/.well-known/oauth-authorization-server'
const openid = '/.well-known/openid-configuration'

const hostname = fc.constantFrom(
  'h.example',
  'H.Example:443',
  'localhost:8484',
  '[::1]:1',
  '127.0.0.1',
)
const segment = fc.webSegment().filter((text) => !/^(?:\.|%2e){0,2}$/i.test(text))
const path = fc
  .array(segment, { maxLength: 3 })
  .map((segments) => segments.map((text) => `/${text}`).join(''))
const base = fc
  .tuple(fc.constantFrom('https://', 'http://'), hostname)
  .map((parts) => parts.join(''))

describe('the metadata of a resource', () => {
  test.each([
    { resource: 'https://h/mcp', expected: [`https://h${prm}/mcp`, `https://h${prm}`] },
    { resource: 'https://h/a/b', expected: [`https://h${prm}/a/b`, `https://h${prm}`] },
    { resource: 'https://h/mcp/', expected: [`https://h${prm}/mcp/`, `https://h${prm}`] },
    { resource: 'https://h/mcp?k=v', expected: [`https://h${prm}/mcp?k=v`, `https://h${prm}`] },
    { resource: 'https://h/mcp#f', expected: [`https://h${prm}/mcp`, `https://h${prm}`] },
    { resource: 'https://h/%6Dcp//x', expected: [`https://h${prm}/%6Dcp//x`, `https://h${prm}`] },
    { resource: 'HTTPS://H:443/mcp', expected: [`HTTPS://H:443${prm}/mcp`, `HTTPS://H:443${prm}`] },
    { resource: 'https://h', expected: [`https://h${prm}`] },
    { resource: 'https://h/', expected: [`https://h${prm}`] },
    { resource: 'https://h/?k=v', expected: [`https://h${prm}?k=v`] },
    {
      resource: 'http://[::1]:80/mcp',
      expected: [`http://[::1]:80${prm}/mcp`, `http://[::1]:80${prm}`],
    },
    { resource: '/mcp', expected: [] },
    { resource: 'urn:mcp', expected: [] },
    { resource: 'https:///mcp', expected: [] },
    { resource: 'ftp://h/mcp', expected: [] },
  ])('of $resource is looked for in $expected', ({ resource, expected }) => {
    expect(resourceMetadataUrls(resource).map(({ url }) => url)).toEqual(expected)
  })

  test('is looked for under the path first and at the root last', () => {
    expect(resourceMetadataUrls('https://h/mcp').map(({ probe }) => probe)).toEqual([
      'path',
      'root',
    ])
    expect(resourceMetadataUrls('https://h/').map(({ probe }) => probe)).toEqual(['root'])
  })
})

describe('the metadata of an authorization server', () => {
  test('without a path stands at the root', () => {
    const expected = [
      { url: `https://h${oauth}`, form: 'oauth', placement: 'root' },
      { url: `https://h${openid}`, form: 'openid', placement: 'root' },
    ]
    expect(serverMetadataUrls('https://h')).toEqual(expected)
    expect(serverMetadataUrls('https://h/')).toEqual(expected)
  })

  test('with a path is inserted in two forms, then appended', () => {
    const expected = [
      { url: `https://h${oauth}/t/1`, form: 'oauth', placement: 'inserted' },
      { url: `https://h${openid}/t/1`, form: 'openid', placement: 'inserted' },
      { url: `https://h/t/1${openid}`, form: 'openid', placement: 'appended' },
    ]
    expect(serverMetadataUrls('https://h/t/1')).toEqual(expected)
    expect(serverMetadataUrls('https://h/t/1/')).toEqual(expected)
  })

  test('of what is no issuer is nowhere', () => {
    for (const issuer of ['', 'issuer', '/t', 'urn:t', 'https://', 'mailto:a@h']) {
      expect(serverMetadataUrls(issuer)).toEqual([])
    }
  })

  test('is looked for where the official client looks', () => {
    fc.assert(
      fc.property(base, path, fc.constantFrom('', '/'), (start, rest, slash) => {
        const issuer = start + rest + slash
        const theirs = buildDiscoveryUrls(issuer).map(({ url, type }) => [url.href, type])
        const ours = serverMetadataUrls(issuer).map(({ url, form }) => [
          new URL(url).href,
          form === 'openid' ? 'oidc' : form,
        ])
        expect(ours).toEqual(theirs)
      }),
    )
  })
})

describe('a well-known URL', () => {
  const resource = (probe: string, target: string) => ({
    document: 'resource-metadata',
    probe,
    target,
  })
  const server = (form: string, placement: string, issuer: string) => ({
    document: 'server-metadata',
    form,
    placement,
    issuer,
  })
  test.each([
    { url: `https://h${prm}`, expected: resource('root', 'https://h') },
    { url: `https://h${prm}/`, expected: resource('root', 'https://h') },
    { url: `https://H:443${prm}/Mcp/?k=v`, expected: resource('path', 'https://H:443/Mcp/?k=v') },
    { url: `https://h${prm}#f`, expected: resource('root', 'https://h') },
    { url: `https://h${oauth}`, expected: server('oauth', 'root', 'https://h') },
    { url: `https://h${openid}/`, expected: server('openid', 'root', 'https://h') },
    { url: `https://h${oauth}/t`, expected: server('oauth', 'inserted', 'https://h/t') },
    { url: `https://h${openid}/t`, expected: server('openid', 'inserted', 'https://h/t') },
    { url: `https://h/t${openid}`, expected: server('openid', 'appended', 'https://h/t') },
    { url: `https://h/t${oauth}`, expected: server('oauth', 'appended', 'https://h/t') },
    { url: `https://h/t${openid}?x`, expected: server('openid', 'appended', 'https://h/t') },
    { url: `https://h/mcp${prm}`, expected: undefined },
    { url: `https://h${prm}s`, expected: undefined },
    { url: `https://h${prm}?`, expected: resource('root', 'https://h?') },
    { url: `https://h/${prm}/mcp`, expected: undefined },
    { url: `https://h${prm.replace('.', '')}/mcp`, expected: undefined },
    { url: `https://h${prm.toUpperCase()}/mcp`, expected: undefined },
    { url: 'https://h/.well-known/jwks.json', expected: undefined },
    { url: 'https://h/mcp', expected: undefined },
    { url: `https://h/?u=${openid}`, expected: undefined },
    { url: openid, expected: undefined },
    { url: '', expected: undefined },
  ])('$url reads as $expected', ({ url, expected }) => {
    expect(readWellKnown(url)).toEqual(expected)
  })

  test('of a resource gives the resource back', () => {
    const query = fc.constantFrom('', '?', '?k=v')
    const slash = fc.constantFrom('', '/')
    fc.assert(
      fc.property(base, path, slash, query, (start, rest, end, question) => {
        const first = resourceMetadataUrls(start + rest + end + question)[0]
        const target = start + (rest === '' ? '' : rest + end) + question
        expect(readWellKnown(first?.url ?? '')).toEqual(resource(first?.probe ?? '', target))
      }),
    )
  })

  test('of an issuer gives the issuer back, wherever it stands', () => {
    fc.assert(
      fc.property(base, path, (start, rest) => {
        for (const { url, form, placement } of serverMetadataUrls(start + rest)) {
          expect(readWellKnown(url)).toEqual(server(form, placement, start + rest))
        }
      }),
    )
  })

  test('is read from any text without an exception', () => {
    const piece = fc.constantFrom('https://', 'h', '/', prm, oauth, openid, '?', '#', '%', '\0')
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (url) => {
        readWellKnown(url)
        resourceMetadataUrls(url)
        serverMetadataUrls(url)
      }),
    )
  })
})
