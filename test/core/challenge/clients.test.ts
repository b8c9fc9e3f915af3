import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseChallenges } from '../../../src/core/challenge/challenge.ts'

const url = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
const challenge = `error="invalid_token", resource_metadata="${url}"`

describe('what the SDKs extract', () => {
  const nothing = {}
  const found = { resourceMetadata: url, error: 'invalid_token' }
  test.each([
    {
      description: 'quoted values',
      lines: [`Bearer ${challenge}`],
      typescript: found,
      python: found,
    },
    {
      description: 'unquoted values',
      lines: [`Bearer error=invalid_token, resource_metadata=${url}, scope=mcp:read mcp:write`],
      typescript: { ...found, scope: 'mcp:read' },
      python: { ...found, scope: 'mcp:read' },
    },
    {
      description: 'values without commas between them',
      lines: [`Bearer error="invalid_token" resource_metadata="${url}"`],
      typescript: found,
      python: found,
    },
    {
      description: 'a challenge that is not the first one',
      lines: ['Basic realm="a"', `Bearer ${challenge}`],
      typescript: nothing,
      python: found,
    },
    {
      description: 'a parameter of a challenge behind the first',
      lines: ['Bearer realm="a"', `Basic ${challenge}`],
      typescript: found,
      python: found,
    },
    {
      description: 'parameters without a scheme',
      lines: [challenge],
      typescript: nothing,
      python: found,
    },
    {
      description: 'a scheme with a colon',
      lines: [`Bearer: ${challenge}`],
      typescript: nothing,
      python: found,
    },
    {
      description: 'a scheme with two spaces behind it',
      lines: [`Bearer  ${challenge}`],
      typescript: nothing,
      python: found,
    },
    {
      description: 'a scheme in a line of its own',
      lines: ['Bearer', challenge],
      typescript: nothing,
      python: found,
    },
    {
      description: 'white space around the equals sign',
      lines: [`Bearer error = "invalid_token", resource_metadata= "${url}"`],
      typescript: nothing,
      python: nothing,
    },
    {
      description: 'names in upper case',
      lines: [`Bearer ERROR="invalid_token", Resource_Metadata="${url}"`],
      typescript: nothing,
      python: nothing,
    },
    {
      description: 'a name that ends like another',
      lines: [`Bearer my_error="a", ${challenge}`],
      typescript: { ...found, error: 'a' },
      python: { ...found, error: 'a' },
    },
    {
      description: 'a quoted pair',
      lines: [`Bearer error="a\\"b", resource_metadata="${url}"`],
      typescript: { ...found, error: 'a\\' },
      python: { ...found, error: 'a\\' },
    },
    {
      description: 'a URL that is relative',
      lines: ['Bearer error="invalid_token", resource_metadata="/prm"'],
      typescript: { error: 'invalid_token' },
      python: { error: 'invalid_token', resourceMetadata: '/prm' },
    },
    {
      description: 'typographic quotation marks',
      lines: [Buffer.from(`Bearer resource_metadata=“${url}”`).toString('latin1')],
      typescript: nothing,
      python: { resourceMetadata: `“${url}”` },
    },
    {
      description: 'bytes that are not UTF-8',
      lines: ['Bearer error="\xff"'],
      typescript: { error: '\xff' },
      python: { error: '\xff' },
    },
    {
      description: 'characters that no header has, as some captures hold them',
      lines: ['Bearer error="“"'],
      typescript: { error: '“' },
      python: { error: '“' },
    },
    { description: 'a bare scheme', lines: ['Bearer'], typescript: nothing, python: nothing },
    { description: 'no field', lines: [], typescript: nothing, python: nothing },
  ])('of $description', ({ lines, typescript, python }) => {
    expect(parseChallenges(lines).clients).toEqual({ typescript, python })
  })

  test('is for TypeScript what the SDK itself extracts', () => {
    const piece = fc.constantFrom(
      ...[
        'Bearer',
        'bearer',
        'DPoP',
        'Basic',
        ' ',
        ' ',
        ',',
        '"',
        '=',
        '\\',
        ':',
        '\t',
        '\xa0',
        "'",
      ],
      ...['resource_metadata=', 'scope=', 'error=', 'resource_metadata="', 'error="'],
      ...[url, 'https://h', '/prm', 'mcp:read', 'a b'],
    )
    const line = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''))
    const started = fc.tuple(fc.constantFrom('', 'Bearer '), line).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(started, { minLength: 1, maxLength: 3 }), (lines) => {
        const headers = new Headers(
          lines.map((text): [string, string] => ['www-authenticate', text]),
        )
        const theirs = extractWWWAuthenticateParams(new Response(null, { status: 401, headers }))
        const ours = parseChallenges(lines).clients.typescript
        expect(ours.scope).toBe(theirs.scope)
        expect(ours.error).toBe(theirs.error)
        const { resourceMetadata } = ours
        expect(resourceMetadata && new URL(resourceMetadata).href).toBe(
          theirs.resourceMetadataUrl?.href,
        )
      }),
      { numRuns: 2000 },
    )
  })
})
