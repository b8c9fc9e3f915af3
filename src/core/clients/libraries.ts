/** HTTP libraries and browsers, by what their User-Agent begins with: it names no program that logs in, so clients may share it. */
const libraries = new Set([
  'aiohttp',
  'apache-httpclient',
  'axios',
  'bun',
  'cfnetwork',
  'dart',
  'deno',
  'electron',
  'faraday',
  'go-http-client',
  'got',
  'guzzlehttp',
  'hyper',
  'java',
  'java-http-client',
  'jetty',
  'mozilla',
  'node',
  'node-fetch',
  'node.js',
  'okhttp',
  'python',
  'python-httpx',
  'python-requests',
  'python-urllib',
  'reactornetty',
  'reqwest',
  'ruby',
  'symfony httpclient',
  'undici',
])

/** Whether a User-Agent says no more than which library or browser sent the request, or nothing at all. */
export function isLibrary(agent: string): boolean {
  const [name = ''] = agent
    .trim()
    .toLowerCase()
    .split(/\s*[/(]/, 1)
  return name === '' || libraries.has(name)
}
