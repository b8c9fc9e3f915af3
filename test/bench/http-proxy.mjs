/** Bare http-proxy with a keep-alive agent. */
import { Agent, createServer } from 'node:http'
import httpProxy from 'http-proxy'
import { serve } from './child.mjs'

const target = new URL(process.argv[2]).origin
const proxy = httpProxy.createProxyServer({
  target,
  agent: new Agent({ keepAlive: true, maxSockets: 256 }),
})
proxy.on('error', (_error, _request, response) => response.destroy())
serve(createServer((request, response) => proxy.web(request, response)))
