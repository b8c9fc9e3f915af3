import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'

/** A program that logs in with an SDK, lists the tools, calls one, and ends. */
const [generation, url = ''] = process.argv.slice(2)
const client = await (generation === 'v1' ? startClientV1() : startClientV2())
try {
  await client.login(url)
  await client.listTools()
  await client.callTool('hello')
  await client.close()
  process.exit(0)
} catch (error) {
  console.error(String(error))
  process.exit(1)
}
