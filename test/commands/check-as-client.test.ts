import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Report } from '../../src/core/verdict/report.ts'
import { run } from '../command.ts'

const capture = fileURLToPath(new URL('../captures/with-dynamic-registration.txt', import.meta.url))

test('--as-client adds a table in every format, and a member of the report', async () => {
  const [text, json, md, html] = await Promise.all([
    run(['analyze', capture, '--as-client', 'claude-code', '--no-color']),
    run(['analyze', capture, '--as-client', 'all', '--format', 'json']),
    run(['report', capture, '--as-client', 'codex', '--format', 'md']),
    run(['report', capture, '--as-client', 'codex', '--format', 'html']),
  ])
  expect(text.stdout).toMatch(/As other clients\n.*Claude Code .*would go on/)
  expect((JSON.parse(json.stdout) as Report).clients!.length).toBeGreaterThan(15)
  expect(md.stdout).toMatch(/### As other clients[^]*\| Codex /)
  expect(html.stdout).toContain('<section id="clients">')
})

test('a client that nobody knows is refused, and those that are known are named', async () => {
  const { code, stderr } = await run(['analyze', capture, '--as-client', 'nobody'])
  expect(code).toBe(2)
  expect(stderr).toContain('claude-code')
})
