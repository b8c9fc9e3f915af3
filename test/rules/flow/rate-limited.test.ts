import { expect, test } from 'vitest'
import rule from '../../../rules/flow/rate-limited.ts'
import { run } from '../run.ts'

const limited = '\n\n< HTTP/1.1 429 Too Many Requests\n'

test('what stands in front of a server limits in its own name', () => {
  const { findings } = run(
    rule,
    '${opening only registration unanswered}\n\n< HTTP/1.1 429 Too Many Requests\n< server: cloudflare\n< cf-ray: 1\n< content-type: text/plain\n\nerror code: 1015',
  )
  expect(findings.map(({ fault }) => fault)).toEqual(['intermediary'])
})

test('a server that is down for a while need not limit anybody', () => {
  const { findings } = run(
    rule,
    '${opening only token unanswered}\n\n< HTTP/1.1 503 Service Unavailable\n< retry-after: 60',
  )
  expect(findings.map(({ confidence }) => confidence)).toEqual(['likely'])
})

test.each([
  ['registration', 'client'],
  ['mcp', 'resource-server'],
])('of ten requests within a minute (%s) the one to blame is the %s', (part, fault) => {
  const often = `\${opening only ${part}}\n\n`.repeat(9)
  const { findings } = run(rule, `${often}\${opening only ${part} unanswered}${limited}`)
  expect(findings.map((one) => one.fault)).toEqual([fault])
})

test('how many there were is told with the first of them', () => {
  const { findings } = run(
    rule,
    `\${opening only registration}\n\n\${opening only registration unanswered}${limited}`,
  )
  expect(findings[0]?.message).toContain('as number 2 of its sort within a minute')
  expect(findings[0]?.evidence.map(({ exchange, at }) => `${exchange} ${at}`)).toContain(
    '1 request.url',
  )
})
