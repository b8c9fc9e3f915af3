import { describe, expect, test } from 'vitest'
import type { StartClient } from './client.ts'
import { startClientV1 } from './client-v1.ts'
import { startClientV2 } from './client-v2.ts'
import { realFaults, type RealFault } from './faults.ts'
import { direct } from './play.ts'

/** What the client says when the fault stops it, in the words of either SDK. */
const words: Readonly<Record<string, RegExp>> = {
  'challenge/unparseable': /HTTP 404/,
  'bearer/missing': /Server returned 401 after/,
  'intermediary/authorization-stripped': /Server returned 401 after/,
  'discovery/prm-missing': /HTTP 404/,
  'discovery/prm-resource-mismatch': /Protected resource .* does not match/,
  'discovery/asm-issuer-mismatch': /Issuer mismatch in authorization server metadata/,
  'audience/aud-mismatch': /Server returned 401 after/,
  'audience/resource-param-missing': /Server returned 401 after/,
  'pkce/verifier-missing': /grant request is invalid/,
  'pkce/verifier-mismatch': /grant request is invalid/,
}

/** SDK v1 does not compare the issuer of the metadata with the one it asked for. */
const lenientV1 = new Set(['discovery/asm-issuer-mismatch'])

const rows = realFaults.map((fault) => [fault.rule, fault] as const)

describe.each<[string, StartClient, ReadonlySet<string>]>([
  ['v1', startClientV1, lenientV1],
  ['v2', startClientV2, new Set()],
])('a client of SDK %s, connected directly', (_version, startClient, lenient) => {
  test.each(rows)('comes as far as %s lets it', async (rule, fault) => {
    const { done, error } = await fault.run(direct, startClient)
    const survived = fault.survived || lenient.has(rule)
    expect(done).toEqual(survived ? ['login', 'list', 'call'] : [])
    if (survived) expect(error).toBeUndefined()
    else expect(error?.message).toMatch(words[rule] ?? /^never$/)
  })
})

describe('the fault is where it is said to be:', () => {
  const played = async (rule: string) => {
    const fault = realFaults.find((candidate) => candidate.rule === rule) as RealFault
    const { mcp, as } = (await fault.run(direct)).servers
    const tokenRequests = as.seen.filter(({ target }) => target === '/token')
    const forms = tokenRequests.map(({ body }) => new URLSearchParams(body))
    const carried = mcp.seen.filter(({ headers }) =>
      headers.some(([name]) => /^authorization$/i.test(name)),
    )
    return { mcp, as, carried, forms, first: forms[0] ?? new URLSearchParams() }
  }

  test('a client that does not send its token got one, and asked in the proper way', async () => {
    const { carried, forms, first } = await played('bearer/missing')
    expect(carried).toHaveLength(0)
    expect(first.get('code_verifier')).toHaveLength(43)
    expect(forms.at(-1)?.get('grant_type')).toBe('refresh_token')
  })

  test('behind the gateway the server sees no token, and sees the gateway’s host', async () => {
    const { mcp, carried } = await played('intermediary/authorization-stripped')
    expect(carried).toHaveLength(0)
    const hosts = mcp.seen.map(({ headers }) => headers.find(([name]) => /^host$/i.test(name))?.[1])
    expect(new Set(hosts)).toEqual(new Set([new URL(mcp.url).host]))
  })

  test('a client without the resource parameter names it nowhere', async () => {
    const { as, forms } = await played('audience/resource-param-missing')
    expect(forms.some((form) => form.has('resource'))).toBe(false)
    expect(as.seen.filter(({ target }) => target.includes('resource='))).toHaveLength(0)
  })

  test('a client gets a token for another audience although it named the resource', async () => {
    const { mcp, first, carried } = await played('audience/aud-mismatch')
    expect(first.get('resource')).toBe(mcp.url)
    expect(carried.length).toBeGreaterThan(0)
  })

  test('a client without a verifier sends everything else', async () => {
    const { first } = await played('pkce/verifier-missing')
    expect(first.has('code_verifier')).toBe(false)
    expect([...first.keys()].sort()).toEqual([
      'client_id',
      'code',
      'grant_type',
      'redirect_uri',
      'resource',
    ])
  })

  test('a verifier made anew is well formed', async () => {
    const { first } = await played('pkce/verifier-mismatch')
    expect(first.get('code_verifier')).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })
})
