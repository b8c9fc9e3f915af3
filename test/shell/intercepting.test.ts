import { expect, test } from 'vitest'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { parseOptions } from '../../src/shell/arguments.ts'
import { interceptionOf } from '../../src/shell/intercepting.ts'

const targets = ['https://mcp.example/mcp']

function wanted(...argv: string[]) {
  return interceptionOf(parseOptions(argv, ['intercept']), targets, false)
}

const [challenge] = parseTranscript(`
  > POST https://mcp.example/mcp

  < HTTP/1.1 401 Unauthorized
  < www-authenticate: Bearer`)

/** Of five answers, those that something happens to. */
async function happens(when: string): Promise<boolean[]> {
  const interception = await wanted('--fault', `challenge/no-header${when}`)
  return Array.from({ length: 5 }, () => {
    const plan = interception!.interceptor.plan('response', challenge!)!
    const { request, response } = challenge!
    const { changes } = plan.carryOut(
      {
        side: 'response',
        method: request.method,
        url: request.url,
        status: 401,
        headers: response!.headers,
        body: '',
      },
      'upstream',
    )
    return changes.length > 0
  })
}

test.each([
  ['', [true, true, true, true, true]],
  [':always', [true, true, true, true, true]],
  [':once', [true, false, false, false, false]],
  [':after 2', [false, false, true, true, true]],
  [':half', [false, true, false, true, false]],
])('a fault with %j', async (when, expected) => {
  expect(await happens(when)).toEqual(expected)
})

test('without flags there is nothing to ask on the way of the traffic', async () => {
  expect(await wanted()).toBeUndefined()
})

test.each([
  [['--fault', 'token/htm'], 'there is no fault token/htm'],
  [['--fault', 'token/html:twice'], 'cannot happen "twice"'],
  [['--change', 'kind:token'], 'names no place to change'],
  [['--change', 'kind:nothing response.body='], 'kind: cannot be nothing'],
])('%j is refused', async (argv, message) => {
  await expect(wanted(...argv)).rejects.toThrow(message)
})
