import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import type { Log } from 'sarif'
import { describe, expect, test } from 'vitest'
import { sarif } from '../../../src/sink/report/sarif.ts'
import { broken, healthy, hostile, made } from './judged.ts'

const captures = { broken, healthy, hostile }
const log = (name: keyof typeof captures) => JSON.parse(made(sarif, captures[name])) as Log

describe('a log', () => {
  test('has a result a finding, each with its rule, a level, a message and a place in the capture', () => {
    const [run] = log('broken').runs
    expect(run!.results).toHaveLength(broken.report.findings.length)
    for (const result of run!.results!) {
      expect(run!.tool.driver.rules![result.ruleIndex!]!.id).toBe(result.ruleId)
      expect(['error', 'warning', 'note']).toContain(result.level)
      expect(result.locations![0]!.physicalLocation!.artifactLocation!.uri).toBe('capture.har')
      if (result.webRequest !== undefined)
        expect(run!.webRequests![result.webRequest.index!]).toBeDefined()
    }
  })

  test('names the exchange and the field, and the line where the exchange begins', () => {
    const lines = new Map(broken.exchanges.map(({ exchange }, index) => [exchange.id, index + 2]))
    const { runs } = JSON.parse(made(sarif, { ...broken, lines })) as Log
    const result = runs[0]!.results!.find(({ ruleId }) => ruleId === 'audience/aud-mismatch')!
    const [place] = result.locations!
    const { exchange } = broken.report.findings.find(({ rule }) => rule === result.ruleId)!
      .evidence[0]!
    expect(place!.physicalLocation!.region!.startLine).toBe(lines.get(exchange))
    expect(place!.logicalLocations).toMatchObject([
      { name: 'response.jwt.aud', fullyQualifiedName: `exchange ${exchange}/response.jwt.aud` },
      { name: `exchange ${exchange}`, kind: 'object' },
    ])
  })

  test('links each rule to the section that it rests on', () => {
    for (const rule of log('broken').runs[0]!.tool.driver.rules!)
      expect(rule.helpUri).toMatch(/^https:\/\//)
  })

  test('says who has to act, and how', () => {
    expect(
      log('broken').runs[0]!.results!.find(({ ruleId }) => ruleId === 'audience/aud-mismatch')!
        .message.text,
    ).toMatch(/The authorization server has to act\. [A-Z]/)
  })

  test('a capture from elsewhere on the machine is told by its name alone', () => {
    const elsewhere = { ...broken, sources: ['/home/somebody/secret place/a b.har'] }
    const text = made(sarif, elsewhere)
    expect(text).not.toContain('somebody')
    expect(text).toContain('a%20b.har')
  })

  test('the same finding has the same fingerprint in the next run', () => {
    const prints = () =>
      log('broken').runs[0]!.results!.map(({ partialFingerprints }) => partialFingerprints)
    expect(prints()).toEqual(prints())
    expect(new Set(prints().map((print) => JSON.stringify(print))).size).toBeGreaterThan(1)
  })
})

const schemaPath = fileURLToPath(
  new URL(
    '../../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
    import.meta.url,
  ),
)

describe.skipIf(!existsSync(schemaPath))('by the schema of SARIF 2.1.0', () => {
  const {
    id: _id,
    $schema: _draft,
    ...schema
  } = existsSync(schemaPath)
    ? (JSON.parse(readFileSync(schemaPath, 'utf8')) as Record<string, unknown>)
    : {}
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  formats.default(ajv)
  const validate = ajv.compile(schema)

  test.each(Object.keys(captures) as (keyof typeof captures)[])(
    'the log of the %s capture is valid',
    (name) => {
      validate(log(name))
      expect(validate.errors ?? []).toEqual([])
    },
  )

  test('a log that lacks its version is not', () => {
    expect(validate({ ...log('broken'), version: undefined })).toBe(false)
  })
})
