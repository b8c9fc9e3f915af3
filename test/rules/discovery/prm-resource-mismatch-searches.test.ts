import { describe, expect, test } from 'vitest'
import prmResourceMismatch from '../../../rules/discovery/prm-resource-mismatch.ts'
import { runRule } from '../../../src/core/example.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { anyRule, run } from '../run.ts'
import { challenge, get, ok, prm, resource } from './searches.ts'

describe('metadata of another resource', () => {
  test('may be that of a neighbour at the root when the endpoint has its own', () => {
    const neighbour = get(prm, ok({ resource: 'https://mcp.example/other' }))
    expect(
      run(prmResourceMismatch, challenge('Bearer') + resource('https://as.example') + neighbour)
        .outcome,
    ).toBe('pass')
    expect(run(prmResourceMismatch, challenge('Bearer') + neighbour).outcome).toBe('fail')
  })

  test('is not meant where server metadata stands in its place', () => {
    const document = ok({
      issuer: 'https://as.example',
      token_endpoint: 'https://as.example/token',
    })
    expect(run(prmResourceMismatch, get(`${prm}/mcp`, document)).outcome).toBe('silent')
  })

  test('that names the address of authtap itself is for another rule', () => {
    const parsed = parseTranscript(get(`${prm}/mcp`, ok({ resource: 'http://localhost:8484/mcp' })))
    const via = 'http://localhost:8484/.well-known/oauth-protected-resource/mcp'
    const exchanges: Exchange[] = parsed.map((one) => ({
      ...one,
      request: { ...one.request, via },
    }))
    const rule = anyRule(prmResourceMismatch)
    expect(runRule(rule, [rule], exchanges).outcome).toBe('silent')
    expect(runRule(rule, [rule], parsed).outcome).toBe('fail')
  })

  test('with an internal host comes with advice about the proxy in front', () => {
    const document = ok({ resource: 'http://10.0.0.5:8000/mcp' })
    expect(run(prmResourceMismatch, get(`${prm}/mcp`, document)).findings[0]?.remedy).toContain(
      'public URL',
    )
  })
})
