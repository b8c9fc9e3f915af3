import {
  type Draft,
  type Flow,
  type Pointer,
  type TokenCall,
  defineRule,
  metadataNaming,
  objectOf,
  quoted,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/grant-type-problem',
  title: 'The grant is forbidden, not offered, or not one that the client registered',
  severity: ['error', 'warning', 'info'],
  fault: ['client', 'authorization-server'],
  spec: ['RFC 8414 §2', 'RFC 7591 §2', 'RFC 9700 §2.4', 'RFC 6749 §5.2'],
  revisions: 'all',
  seed: [{ item: 'R-1', variants: ['undeclared'] }],
  why: 'The authorization server refuses a grant that it does not offer, or that the client did not ask for when it registered.',
  remedy:
    'Use authorization_code with refresh_token, or the grant agreed for machines, and register what you use.',
  explains: ['flow/reauth-loop', 'flow/stalled', 'flow/step-failed', 'token/error-response'],

  on: 'token',

  *check(step, flow) {
    const grant = step.grantType
    if (grant === undefined || grant === '') return 'silent'
    const draft = draftOf(step, grant, flow)
    if (draft === undefined) return
    yield {
      ...draft,
      evidence: [
        { step, at: 'request.form.grant_type' },
        ...draft.evidence,
        step.error !== undefined && { step, at: 'response.json/error' },
      ],
    }
  },

  examples: {
    good: [{ name: 'the grant is offered and registered', http: '${opening until token}' }],
    bad: [
      {
        name: 'the password of the user',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=password&username=u&password=p&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'password', severity: 'error', fault: 'client' },
      },
      {
        name: 'the server refuses a grant that it lists',
        http: `
          \${opening until token unanswered}

          < HTTP/1.1 400 Bad Request

          {"error":"unsupported_grant_type"}`,
        expect: { variant: 'rejected', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

function draftOf(step: TokenCall, grant: string, flow: Flow): Draft | undefined {
  const metadata = metadataNaming(step, flow)
  const offered = metadata && stringsMember(objectOf(metadata.document), 'grant_types_supported')
  const offer: Pointer | undefined = metadata && {
    step: metadata,
    at: 'response.json/grant_types_supported',
    note: 'what the server offers',
  }
  if (grant === 'password')
    return {
      variant: 'password',
      message: 'the client sends the password of the user, which OAuth 2.1 forbids',
      evidence: [offer],
    }
  const registration = flow.registrationOf(step.clientId)
  const declared = registration && stringsMember(objectOf(registration.received), 'grant_types')
  const error = step.error?.error
  const refused = error === 'unsupported_grant_type' || error === 'unauthorized_client'
  const says = refused ? `, and the server answers ${error}` : ''
  if (offered?.includes(grant) === false)
    return {
      variant: 'unadvertised',
      severity: refused ? 'error' : 'info',
      message: `the client uses grant_type ${quoted(grant)}, and the server offers ${quoted(offered)}${says}`,
      evidence: [offer],
    }
  if (registration !== undefined && declared?.includes(grant) === false)
    return {
      variant: 'undeclared',
      severity: refused ? 'error' : 'info',
      message: `the client uses grant_type ${quoted(grant)}, and registered ${quoted(declared)}${says}`,
      evidence: [
        {
          step: registration,
          at: 'response.json/grant_types',
          note: 'what the client is registered with',
        },
      ],
    }
  if (!refused || offered === undefined) return undefined
  return {
    variant: 'rejected',
    fault: 'authorization-server',
    message: `the server offers grant_type ${quoted(grant)}, and answers ${error}`,
    remedy: `Serve grant_type ${quoted(grant)}, or take it out of what is offered.`,
    evidence: [offer],
  }
}
