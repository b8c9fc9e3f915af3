import { describe } from 'vitest'
import otherRequest from '../../../rules/dpop/proof-request-mismatch.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'
import { call, opaque, proof } from './proofs.ts'

describe('a proof for an address', () => {
  const at = (url: string) => call(proof(url, { ath: `\${s256 ${opaque}}` }))
  testExamples(otherRequest, {
    good: [
      {
        name: 'without a path, which is the same as "/"',
        http: at('https://mcp.example').replaceAll(
          'POST https://mcp.example/mcp',
          () => 'POST https://mcp.example/',
        ),
      },
      { name: 'with its port and in capitals', http: at('https://MCP.example:443/mcp') },
    ],
    bad: [
      {
        name: 'another token',
        http: call(proof(flow.endpoint, { ath: '${s256 old}' })),
        expect: { variant: 'ath' },
      },
      {
        name: 'with a slash at the end',
        http: at(`${flow.endpoint}/`),
        expect: { variant: 'htu', severity: 'warning' },
      },
    ],
  })
})
