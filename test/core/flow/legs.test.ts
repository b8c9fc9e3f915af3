import { expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'

const call = (answer: string, token: string) => `
> POST https://mcp.example/mcp
> authorization: Bearer \${secret at_${token}}
> content-type: application/json

{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo"}}

${answer}
`
const refused = call(
  '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer error="invalid_token", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"',
  '',
)
const served = (token: string) =>
  call(
    '< HTTP/1.1 200 OK\n< content-type: application/json\n\n{"jsonrpc":"2.0","id":7,"result":{}}',
    token,
  )
const renewed = (number: number) => `
\${opening only refresh unanswered}

< HTTP/1.1 200 OK
< content-type: application/json
< cache-control: no-store

{"access_token":"\${secret at_ ${number}}","token_type":"Bearer","expires_in":3600,"refresh_token":"r${number}"}
`
const lookAround = '\n${opening only resource-metadata server-metadata}\n'
const opening = parseTranscript('${opening until mcp}')

/** All orders in which the answers of two processes may come. */
function merged<Item>(one: readonly Item[], other: readonly Item[]): Item[][] {
  const [first, ...rest] = one
  const [second, ...others] = other
  if (first === undefined || second === undefined) return [[...one, ...other]]
  return [
    ...merged(rest, other).map((all) => [first, ...all]),
    ...merged(one, others).map((all) => [second, ...all]),
  ]
}

test('two processes that renew one token at once are one login, in whatever order their answers come', () => {
  const parts = (process: string, http: string) =>
    parseTranscript(http).map((one) => ({ ...one, id: `${process}${one.id}`, connection: '' }))
  const editor = parts('a', `${refused}${renewed(2)}${served(' 2')}`)
  const worker = parts('b', `${refused}${lookAround}${renewed(3)}${served(' 3')}`)
  for (const order of merged(editor, worker)) {
    const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
    for (const exchange of [...opening, ...order]) session.ingest(exchange)
    session.settle()
    const outcomes = session.report().flows.map(({ outcome }) => outcome)
    expect(outcomes, order.map(({ id }) => id).join(' ')).toEqual(['authorized'])
  }
})
