import { describe, test } from 'vitest'
import { generations, use } from './clients.ts'
import { expectHealthy, watched } from './forms.ts'
import { looks } from './looks.ts'
import { served } from './served.ts'

describe.each(generations)('before a client of %s logs in,', (_version, startClient) => {
  test.each(looks)(
    'the server is looked at by %s: no login, and nobody’s fault',
    async (_who, look) => {
      await served({}, async ({ mcp }) => {
        const client = await startClient()
        const judged = await watched([mcp.url], async ([url]) => {
          await look(url!)
          await use(client, url!)
          await look(url!)
          await client.close()
        })
        expectHealthy(judged, { logins: ['authorized'] })
      })
    },
  )
})
