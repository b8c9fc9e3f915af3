import { test } from 'vitest'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { loginTranscript } from '../core/login.ts'
import { expectHealthy, told } from './forms.ts'

const target = 'https://mcp.example/mcp'

test('a server that answers 401 to the stream of a good token has let its client in', async () => {
  const whole = loginTranscript()
  const call = whole.slice(whole.lastIndexOf('> POST'))
  const stream = `
${call
  .slice(0, call.indexOf('\n\n'))
  .replace('> POST', '> GET')
  .replace('application/json, text/event-stream', 'text/event-stream')}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"

`
  const exchanges = parseTranscript(`${whole}${stream}${call}`)
  expectHealthy(await told(exchanges, [target]), { logins: ['authorized'] })
})
