import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { curl } from '../../../src/sink/report/curl.ts'
import { Variables, shellWord } from '../../../src/sink/report/shell-text.ts'
import fc from 'fast-check'
import { broken, healthy, hostile, made } from './judged.ts'

/** What a shell makes of a script's curl commands: each argument on a line of its own. */
function argumentsOf(script: string, env: Record<string, string> = {}): string[][] {
  const recorded = `curl() { printf '%s\\0' "$@"; printf '\\0'; }\n${script}`
  const out = execFileSync('/bin/sh', ['-c', recorded], { encoding: 'utf8', env })
  return out
    .split('\0\0')
    .filter((one) => one !== '')
    .map((one) => one.split('\0'))
}

const secrets = {
  ACCESS_TOKEN: 'first',
  ACCESS_TOKEN_2: 'second',
  REFRESH_TOKEN: 'r',
  SECRET_VALUE: 'x',
}

describe('a replay', () => {
  test('sends what was sent, with variables for secrets', () => {
    const calls = argumentsOf(made(curl, healthy), secrets)
    const last = calls.at(-1)!
    expect(last).toContain('https://mcp.example/mcp')
    expect(last).toContain('authorization: Bearer second')
    expect(calls.some((call) => call.includes('authorization: Bearer first'))).toBe(true)
  })

  test('ends with the name of a variable that is missing', () => {
    expect(() =>
      execFileSync('/bin/sh', ['-c', `curl() { :; }\n${made(curl, healthy)}`], {
        env: {},
        stdio: 'pipe',
      }),
    ).toThrow(/ACCESS_TOKEN/)
  })

  test('refuses a spent code and a refresh token that was replaced, and says why', () => {
    const script = made(curl, healthy)
    expect(script).toContain('# Refused: the authorization code is spent.')
    expect(script).toContain('# Refused: the refresh token is spent')
    const sent = argumentsOf(script, secrets).flat().join('\n')
    expect(sent).not.toMatch(/^grant_type=/m)
  })

  test('marks the first broken step', () => {
    expect(made(curl, broken)).toMatch(/# \d+\. token .*<- the first broken step/)
  })

  test('runs nothing that a peer wrote, and reads no file that a peer named', () => {
    const script = made(curl, hostile)
    const calls = argumentsOf(script, secrets)
    expect(calls.length).toBeGreaterThan(1)
    expect(calls.flat().filter((word) => word.startsWith('@'))).toEqual([])
    expect(calls.flat().join(' ')).toContain('$(id)')
    expect(script).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/)
  })
})

test('any printable text is one word for a shell, and comes out as it went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), (text) => {
      const word = shellWord(text, new Variables())
      const out = execFileSync('/bin/sh', ['-c', `printf '<%s>' ${word}`], { encoding: 'utf8' })
      expect(out).toBe(`<${text}>`)
    }),
    { numRuns: 40 },
  )
})

test('a label of a name that nobody gave is no variable of the environment', () => {
  const label = `‹path:${'0'.repeat(16)}›`
  expect(shellWord(`Bearer ${label}`, new Variables())).toBe(`'Bearer '"$SECRET_VALUE"`)
})

test('of a flow a hundred steps are replayed, of a session a hundred flows, and the others counted', () => {
  const [flow] = broken.report.flows
  const withFlows = (flows: typeof broken.report.flows) =>
    made(curl, { ...broken, report: { ...broken.report, flows } })
  const steps = Array.from({ length: 103 }, () => flow!.steps[0]!)
  expect(withFlows([{ ...flow!, steps }])).toContain('# 3 further steps left out')
  expect(withFlows([{ ...flow!, steps: steps.slice(3) }])).not.toContain('left out')
  const flows = Array.from({ length: 102 }, (_, n) => ({ ...flow!, id: `w${n + 1}` }))
  expect(withFlows(flows)).toContain('# 2 more flows left out')
  expect(withFlows(flows.slice(2))).not.toContain('left out')
})
