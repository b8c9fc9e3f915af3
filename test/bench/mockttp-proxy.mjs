/** mockttp as a reverse proxy, which records nothing. */
import { getLocal } from 'mockttp'

const server = getLocal({ recordTraffic: false })
await server.start()
await server.forAnyRequest().thenForwardTo(new URL(process.argv[2]).origin)
process.on('disconnect', () => process.exit())
process.send({ port: server.port })
