import rule from '../../../rules/assertion/audience-wrong.ts'
import { testExamples } from '../examples.ts'
import { issued, jag, machine, metadata, ofClient, redeem, refused, signed } from '../machines.ts'
import * as flow from '../whole-flow.ts'

const objected = flow.json(
  { error: 'invalid_client', error_description: 'client assertion audience is not acceptable' },
  '401 Unauthorized',
)
const good = metadata() + machine(ofClient(), issued)

testExamples(rule, {
  good: [
    { name: 'the issuer alone', http: good },
    { name: 'an ID-JAG is another rule’s matter', http: good + redeem(jag({ aud: 'x' }), refused) },
  ],
  bad: [
    {
      name: 'the token endpoint, and the server objects',
      http: metadata() + machine(ofClient({ aud: `${flow.issuer}/token` }), objected),
      expect: { variant: 'token-endpoint', severity: 'error' },
    },
    {
      name: 'the token endpoint, and the refusal has another reason',
      http: metadata() + machine(ofClient({ aud: `${flow.issuer}/token` })),
      expect: { variant: 'token-endpoint', severity: 'warning' },
    },
    {
      name: 'a slash more',
      http: metadata() + machine(ofClient({ aud: `${flow.issuer}/` }), objected),
      expect: { variant: 'trailing-slash', severity: 'error' },
    },
    {
      name: 'two audiences',
      http: metadata() + machine(ofClient({ aud: [flow.issuer, 'https://b.example'] }), issued),
      expect: { variant: 'multiple', severity: 'warning' },
    },
    {
      name: 'the grant of a workload, for another server',
      http:
        metadata() + redeem(signed({ iss: 'i', sub: 's', aud: 'sts', exp: 1767268860 }), refused),
      expect: { variant: 'foreign', severity: 'error' },
    },
  ],
})
