import { expect, test } from 'vitest'
import type from '../../../rules/discovery/metadata-wrong-content-type.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { resource, server } from './metadata.ts'

testExamples(type, {
  bad: [
    { name: 'no type', http: resource({}), expect: { variant: 'absent', severity: 'warning' } },
    {
      name: 'a type that ends in +json',
      http: server({}).replace('200 OK', '200 OK\n  < content-type: application/oauth+json'),
      expect: { severity: 'info', fault: 'authorization-server' },
    },
  ],
})

test('a page and a failure have no media type to judge', () => {
  expect(run(type, server({}).replace('200 OK', '404 Not Found')).outcome).toBe('silent')
})
