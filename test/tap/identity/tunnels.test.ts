import { expect, test } from 'vitest'
import { withoutName } from '../../../src/tap/identity/tunnels.ts'

const as = { origin: 'https://as.example', port: 8485 }

test.each([
  ['https://abc.trycloudflare.com', 'cloudflared tunnel --url http://localhost:8485'],
  ['https://abc.ngrok-free.app', 'ngrok http 8485'],
  ['https://abc-8484.euw.devtunnels.ms', 'devtunnel host -p 8485 --allow-anonymous'],
  ['https://mcp.staging.example', 'cloudflared tunnel --url http://localhost:8485'],
])('beside %s an authorization server gets its name by %s', (main, command) => {
  const text = withoutName(as, main)
  expect(text).toContain(`run ${command} and`)
  expect(text).toContain('--public https://as.example=NAME')
  expect(text).toContain('--paths')
})

test('where a tunnel has one name, only paths are left', () => {
  const text = withoutName(as, 'https://machine.tail1234.ts.net')
  expect(text).toMatch(
    /: start authtap again with --paths, because this tunnel has one name for all$/,
  )
})
