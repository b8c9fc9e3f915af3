/** What the User-Agent of an HTTP library begins with: it names no program, so that two clients may share it. */
const libraries = [
  'node',
  'undici',
  'bun/',
  'deno/',
  'axios/',
  'got',
  'node-fetch',
  'python-httpx/',
  'python-requests/',
  'python/',
  'aiohttp/',
  'go-http-client/',
  'okhttp/',
  'java/',
  'java-http-client/',
  'apache-httpclient/',
  'reactornetty/',
  'jetty/',
  'reqwest/',
  'hyper/',
  'dart/',
  'ruby',
  'faraday',
  'guzzlehttp/',
  'symfony httpclient',
  'cfnetwork/',
  'electron/',
]

/** Whether a User-Agent says no more than which library sent the request, or nothing at all. */
export function isLibrary(agent: string): boolean {
  const name = agent.trim().toLowerCase()
  return name === '' || libraries.some((library) => name.startsWith(library))
}
