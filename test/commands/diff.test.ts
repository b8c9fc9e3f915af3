import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../command.ts'

const folder = mkdtempSync(join(tmpdir(), 'authtap-diff-'))
const [works, again, fails] = ['works', 'again', 'fails'].map((name) => join(folder, `${name}.har`))
const utf8 = { env: { LC_ALL: 'C.UTF-8' } }

beforeAll(async () => {
  for (const [fault, path] of [
    ['none', works],
    ['none', again],
    ['missing-verifier', fails],
  ])
    await run(['demo', fault!, '--format', 'text', '--har', path!])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('two logins of one client differ in nothing', async () => {
  const { code, stdout } = await run(['diff', works!, again!], utf8)
  expect(stdout).toMatch(/^✓ SAME {2}Nothing differs that matters: \d+ steps compared\.\n/)
  expect(code).toBe(0)
})

test('what ended the one comes first, then the first difference, and the exit code is 1', async () => {
  const { code, stdout } = await run(['diff', works!, fails!], utf8)
  expect(stdout.split('\n')[0]).toMatch(
    /^✗ DIFFERENT {2}B got no further, and A did: .* \(pkce\/verifier-missing\)\. The first difference is in the step token \(authorization_code\): request\.form\.code_verifier: A present, B has none\.$/,
  )
  expect(code).toBe(1)
})

test('as JSON, Markdown and HTML', async () => {
  const json = await run(['diff', works!, fails!, '--format', 'json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema: 'authtap.diff/1',
    differs: true,
    a: works,
    first: { at: 'request.form.code_verifier' },
  })
  const md = await run(['diff', works!, fails!, '--format', 'md'])
  expect(md.stdout).toContain(
    '| token (authorization\\_code) (A &#35;7, B &#35;7) | `request.form.code_verifier` | `present` | none |',
  )
  const html = await run(['diff', works!, fails!, '--format', 'html'])
  expect(html.stdout).toContain(
    '<td><code>request.form.code_verifier</code></td><td>present</td><td>none</td>',
  )
})

test.each([[['diff']], [['diff', 'a.har']], [['diff', 'a.har', 'b.har', 'c.har']]])(
  '%j is wrong usage',
  async (args) => {
    const { code, stderr } = await run(args)
    expect(stderr).toMatch(/diff needs two captures/i)
    expect(code).toBe(2)
  },
)
