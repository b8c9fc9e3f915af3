import values from '../../../rules/challenge/duplicate-or-illegal-values.ts'
import { testExamples } from '../examples.ts'
import { get, refused, wellKnown } from './challenges.ts'

testExamples(values, {
  good: [{ name: 'a comma that belongs to a scope', http: refused('Bearer scope="read,write"') }],
  bad: [
    {
      name: 'the metadata is named twice, and nothing is at either place',
      http:
        refused(`Bearer resource_metadata="${wellKnown}/a", resource_metadata="${wellKnown}/mcp"`) +
        get(`${wellKnown}/a`, '404 Not Found') +
        get(`${wellKnown}/mcp`, '404 Not Found'),
      expect: { variant: 'repeated-parameter', severity: 'error' },
    },
    {
      name: 'an accent',
      http: refused('Bearer error="invalid_token", error_description="jeton expiré"'),
      expect: { variant: 'non-ascii' },
    },
    {
      name: 'two spaces',
      http: refused('Bearer scope="read  write"'),
      expect: { variant: 'scope-characters' },
    },
    {
      name: 'a stack trace',
      http: refused(`Bearer error_description="${'at line '.repeat(1100)}"`),
      expect: { variant: 'oversized' },
    },
  ],
})
