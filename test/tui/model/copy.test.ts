import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Exchange, emptyBody } from '../../../src/core/wire/exchange.ts'
import type { Finding } from '../../../src/core/verdict/report.ts'
import { curlCommand, findingIssue } from '../../../src/tui/model/copy.ts'

function exchangeOf(url: string, value: string, body = ''): Exchange {
  return {
    id: '1',
    source: 'reverse',
    client: '',
    connection: '',
    startedAt: 0,
    request: {
      method: 'POST',
      url,
      headers: [['X-Text', value]],
      body: body === '' ? emptyBody : { bytes: Buffer.from(body), dropped: 0 },
    },
    touched: [],
  }
}

/** The words that a shell makes of a command, in place of running it. */
function wordsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

test('a shell takes every part of a curl command as the text that it is', () => {
  const text = fc.string({
    unit: fc.constantFrom(...`'"$\`\\!#&|;<>(){}*? ab\u00fc%=\u2039\u203a:`),
  })
  fc.assert(
    fc.property(text, text, (value, body) => {
      const words = wordsOf(curlCommand(exchangeOf('https://mcp.example/mcp', value, body)))
      expect(words).toContain(value === '' ? 'X-Text;' : `X-Text: ${value}`)
      if (body !== '') expect(words).toContain(body)
    }),
    { numRuns: 40 },
  )
})

test('a secret is a variable to be filled in, and the same secret the same one', () => {
  const [one, two] = ['a', 'b'].map((digit) => `‹access_token:${digit.repeat(16)}›`)
  const command = curlCommand(exchangeOf(`https://mcp.example/?t=${one}`, `Bearer ${one} ${two}`))
  expect(command).toContain(`ACCESS_TOKEN=''  # ${one}`)
  expect(command).toContain(`ACCESS_TOKEN_2=''  # ${two}`)
  const filled = command.replace("ACCESS_TOKEN=''", "ACCESS_TOKEN='x y'")
  expect(wordsOf(filled)).toContain('https://mcp.example/?t=x y')
  expect(wordsOf(filled)).toContain('X-Text: Bearer x y ')
})

test('nothing in a command acts on the terminal that it is pasted into', () => {
  const command = curlCommand(exchangeOf('https://mcp.example/', '\x1b[2J\u009b2J', '\x1b]0;t\x07'))
  expect(command).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
})

test('an issue quotes evidence so that it cannot become markup', () => {
  const finding: Finding = {
    id: 'f1',
    rule: 'token/x',
    severity: 'error',
    confidence: 'certain',
    basis: 'observed',
    fault: 'client',
    title: 'A <img src=x> [link](http://evil)',
    message: '@everyone *look*',
    why: 'why',
    remedy: 'mend it',
    spec: [{ ref: 'RFC 6749 §3.3', url: 'https://www.rfc-editor.org/rfc/rfc6749#section-3.3' }],
    flow: 'w1',
    causedBy: null,
    evidence: [{ exchange: '1', at: 'request.url', text: 'x\n```\n# fake' }],
  }
  const issue = findingIssue(finding, finding.evidence)
  expect(issue).toContain('````text\nx\n```\n# fake\n````')
  expect(issue).toContain('\\<img src=x\\> \\[link\\](http://evil)')
  expect(issue).toContain('\\@everyone \\*look\\*')
  expect(issue).toContain('[RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)')
})
