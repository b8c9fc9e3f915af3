import metadata from '../../../rules/challenge/resource-metadata-unusable.ts'
import { testExamples } from '../examples.ts'
import { found, get, refused, wellKnown } from './challenges.ts'

const naming = (url: string) => refused(`Bearer resource_metadata="${url}"`)

testExamples(metadata, {
  good: [
    {
      name: 'nothing is anywhere, which is another rule',
      http:
        naming(`${wellKnown}/mcp`) +
        get(`${wellKnown}/mcp`, '404 Not Found') +
        get(wellKnown, '404 Not Found'),
    },
    { name: 'the client never asked', http: naming('https://docs.example/prm.json') },
  ],
  bad: [
    {
      name: 'a placeholder',
      http: naming('https://{host}/.well-known/oauth-protected-resource'),
      expect: { variant: 'template', severity: 'error' },
    },
    {
      name: 'a comma at the end',
      http: naming(`${wellKnown},`),
      expect: { variant: 'remnant', severity: 'warning' },
    },
    {
      name: 'the endpoint itself',
      http: naming('https://mcp.example/mcp'),
      expect: { variant: 'points-to-mcp', severity: 'error' },
    },
    {
      name: 'nothing there, and the client gives up',
      http: naming('https://mcp.example/prm') + get('https://mcp.example/prm', '404 Not Found'),
      expect: { variant: 'not-found', severity: 'error' },
    },
    {
      name: 'nothing there, and the document is where it belongs',
      http:
        naming('https://mcp.example/prm') +
        get('https://mcp.example/prm', '404 Not Found') +
        get(`${wellKnown}/mcp`, found),
      expect: { variant: 'not-found', severity: 'warning' },
    },
  ],
})
