import { describe, expect, test } from 'vitest'
import { code, codeBlock, folded, prose, ruleProse } from '../../../../src/sink/report/md/escape.ts'
import { commentLimit, fitted } from '../../../../src/sink/report/md/blocks.ts'
import { md } from '../../../../src/sink/report/md/md.ts'
import type { JudgedCapture } from '../../../../src/sink/report/judged-capture.ts'
import { broken, healthy, hostile, made, nasty } from '../judged.ts'

const text = made(md, broken)

describe('a comment', () => {
  test('begins with the verdict and says what was seen', () => {
    expect(text).toMatch(
      /^## ❌ FAIL: The token step broke first\. The authorization server has to act\.\n/,
    )
    expect(text).toContain('https://elsewhere.example')
  })

  test('has the cause with links to sections, the sequence with the broken step in red, parties and excerpts', () => {
    expect(text).toContain('[RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707#section-2)')
    expect(text).toMatch(
      /```mermaid\nsequenceDiagram\n[^]*rect rgba\(220, 38, 38[^]*✗ first broken step\n {2}end/,
    )
    expect(made(md, healthy)).toMatch(/\| MCP server \| `s 1`/)
    expect(text).toMatch(/```http\n> POST https:\/\/as\.example\/token/)
  })

  test('has what broke, the values that disagree, the fix and the evidence on the first screen', () => {
    const screen = text.slice(0, text.indexOf('<details>'))
    expect(screen.split('\n').length).toBeLessThan(40)
    expect(screen).toContain('| **Found** | `https://elsewhere.example` |')
    expect(screen).toContain('| **Expected** | `https://mcp.example/mcp` |')
    expect(screen).toMatch(/\*\*Fix:\*\* [A-Z]/)
    expect(screen).toMatch(/- exchange \d+, `response\.jwt\.aud`: /)
  })

  test('shows the step that broke, and folds those before and after it', () => {
    expect(text).toMatch(
      /<summary>\d+ steps before it<\/summary>[^]*\n\*\*✗ exchange \d+, token[^\n]*\*\* ← first broken step\n[^]*<summary>\d+ steps? after it, \d failed</,
    )
  })

  test.each([
    ['error', '✗'],
    ['warning', '⚠️'],
    ['info', '✓'],
  ] as const)(
    'marks a step at fault by a finding of severity %s, although it was answered, with %s',
    (severity, sign) => {
      const { exchange } = healthy.report.flows[0]!.steps.find(({ kind }) => kind === 'callback')!
      const evidence = [{ exchange, at: 'request.query.iss', text: '' }]
      const findings = [{ ...broken.report.findings[0]!, severity, evidence }]
      const capture = { ...healthy, report: { ...healthy.report, findings } } as JudgedCapture
      expect(made(md, capture)).toContain(`- ${sign} exchange ${exchange}, `)
    },
  )

  test('counts steps, those it leaves out or does not list as well', () => {
    const [flow] = healthy.report.flows
    const step = { exchange: '999', kind: 'token' as const, summary: 'token: 400', ok: false }
    const steps = [...flow!.steps, ...Array.from({ length: 100 }, () => step)]
    const calls = flow!.calls + 40
    const report = { ...healthy.report, flows: [{ ...flow!, steps, calls }] }
    expect(made(md, { ...healthy, report } as JudgedCapture)).toContain(
      `<summary>${steps.length + 40} steps, 100 failed</summary>`,
    )
  })

  test('begins its excerpts with the call that failed', () => {
    const [first] = /<summary>Exchange \d+: [^<]*/.exec(text.slice(text.indexOf('### Excerpts')))!
    expect(first).toContain('401')
  })

  test('tells the same evidence once, be it of several exchanges or of several findings', () => {
    const [cause, ...others] = broken.report.findings
    const again = cause!.evidence.map((one) => ({ ...one, exchange: `${one.exchange}9` }))
    const findings = [{ ...cause!, evidence: [...cause!.evidence, ...again] }, ...others]
    const repeated = made(md, { ...broken, report: { ...broken.report, findings } })
    expect(repeated.match(/`response\.jwt\.aud`/g)).toHaveLength(1)
    expect(repeated).toMatch(/- exchange (\d+) and \1[9], `response\.jwt\.aud`/)
    expect(text).toContain('told of under the cause')
  })

  test('of a healthy login says that it passed', () => {
    expect(made(md, healthy)).toMatch(/^## ✅ PASS: The client got through\.\n/)
  })

  test('holds no token: what identifies one is a label', () => {
    expect(text).toMatch(/‹access_token:[0-9a-f]{16}›/)
    expect(text).not.toMatch(/eyJ[\w-]{10}/)
  })

  test('closes every fold and every fence', () => {
    for (const one of [text, made(md, hostile)]) {
      expect(one.match(/^<details>$/gm)?.length).toBe(one.match(/^<\/details>$/gm)?.length)
      expect((one.match(/^`{3,}/gm) ?? []).length % 2).toBe(0)
    }
  })
})

describe('a comment that would be too long', () => {
  const [finding] = broken.report.findings
  const many: JudgedCapture = {
    ...broken,
    report: {
      ...broken.report,
      findings: [
        ...broken.report.findings,
        ...Array.from({ length: 300 }, (_, index) => ({
          ...finding!,
          id: `x${index}`,
          rule: `made/up-${index}`,
          causedBy: null,
        })),
      ],
    },
  }

  test('stays within the limit, keeps verdict, cause and sequence, and says what is left out', () => {
    const long = made(md, many)
    expect(long.length).toBeLessThanOrEqual(commentLimit)
    expect(long.length).toBeGreaterThan(commentLimit / 2)
    expect(long).toMatch(/^## ❌ FAIL/)
    expect(long).toContain('### Cause')
    expect(long).toContain('```mermaid')
    expect(long).toMatch(/\*\*Left out\*\* to stay within the size of a comment: .*and \d+ more/)
  })

  test('gives room by rank, not by order', () => {
    const blocks = [
      { text: 'a'.repeat(800), rank: 2, what: 'the last' },
      { text: 'b'.repeat(800), rank: 1, what: 'the first' },
    ]
    const short = fitted(blocks, 1500)
    expect(short).not.toContain('aaa')
    expect(short).toContain('bbb')
    expect(short).toContain('the last')
    expect(short.length).toBeLessThanOrEqual(1500)
  })
})

describe('other people’s text', () => {
  test('is no markup, mention, reference or end of anything in a sentence', () => {
    expect(prose(nasty, 1000)).not.toMatch(/<|@|(?<!&)#(?!\d)|(?<!\\)[`|_*]/)
  })

  test('cannot end code, on a line or in a block', () => {
    expect(code('a ``` b ` c')).toBe('```` a ``` b ` c ````')
    expect(codeBlock('```\n# heading', 'http')).toBe('````http\n```\n# heading\n````')
    expect(code('a\nb')).toBe('`a␊b`')
  })

  test('of a rule keeps its code, and nothing in it ends a sentence', () => {
    expect(ruleProse('Send `a_b` and <x>.')).toBe('Send `a_b` and &lt;x&gt;.')
    expect(ruleProse('one ` alone')).toBe('one \\` alone')
  })

  test('cannot end a fold', () => {
    expect(folded('</summary></details>', 'x')).toContain(
      '<summary>&lt;/summary&gt;&lt;/details&gt;</summary>',
    )
  })

  test('in a whole comment opens no element', () => {
    const outsideOfCode = made(md, hostile)
      .replace(/^(`{3,})\w*\n[^]*?\n\1$/gm, '')
      .replace(/(`+)(?:(?!\1)[^])*\1/g, '')
    expect(outsideOfCode).not.toMatch(/<(?!\/?(?:details|summary|sub|br)>)/)
    expect(outsideOfCode).not.toContain('@octocat')
  })
})
