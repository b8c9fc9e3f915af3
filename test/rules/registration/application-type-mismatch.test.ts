import { describe } from 'vitest'
import applicationType from '../../../rules/registration/application-type-mismatch.ts'
import { testExamples } from '../examples.ts'
import { badUri, refused, registration } from './registrations.ts'

describe('registration/application-type-mismatch', () => {
  testExamples(applicationType, {
    good: [
      {
        name: 'no application_type, before it was asked for',
        revision: '2025-11-25',
        http: '${opening only registration}',
      },
      {
        name: 'a native application with https links, which are legal',
        http: registration(
          '{"application_type":"native","redirect_uris":["https://app.example/cb"]}',
        ),
      },
      {
        name: 'a web application with one redirect URI for tests beside it',
        http: registration(
          '{"application_type":"web","redirect_uris":["https://app.example/cb","http://127.0.0.1/cb"]}',
        ),
      },
    ],
    bad: [
      {
        name: 'a native application with https links, refused for them',
        http: registration(
          '{"application_type":"native","redirect_uris":["https://app.example/cb"]}',
          refused,
          badUri,
        ),
        expect: { variant: 'native-with-https', severity: 'error' },
      },
      {
        name: 'a type that there is not',
        http: registration(
          '{"application_type":"desktop","redirect_uris":["http://127.0.0.1/cb"]}',
        ),
        expect: { variant: 'invalid-value', severity: 'warning' },
      },
    ],
  })
})
