import type { Flow } from '../flow/flow.ts'
import type { Registration } from '../step/step.ts'
import { quoted } from '../verdict/quote.ts'
import type { Pointer } from '../verdict/rule.ts'
import { objectOf, stringMember, stringsMember } from '../wire/json.ts'

/** What a client asked for in its registration that can be told to be wrong. */
export interface WrongMetadata {
  readonly text: string
  readonly evidence: readonly Pointer[]
}

/**
 * What is wrong with the metadata that a client registered with: by the metadata of the server, or by a member that the
 * answer wants and the client did not send. Undefined where no document in sight speaks against it.
 */
export function wrongMetadata(step: Registration, flow: Flow): WrongMetadata | undefined {
  return wrongByDocument(step, flow) ?? lacking(step)
}

/** Members of client metadata (RFC 7591 §2) that a server may want, and that the client can simply send. */
const members = [
  'client_name',
  'client_uri',
  'contacts',
  'grant_types',
  'redirect_uris',
  'response_types',
  'token_endpoint_auth_method',
]

/** The server names a member that it wants, and the client did not send it. */
function lacking(step: Registration): WrongMetadata | undefined {
  const said = step.refusal?.text ?? ''
  const sent = objectOf(step.sent) ?? {}
  const name = members.find((one) => said.includes(one) && !Object.hasOwn(sent, one))
  if (name === undefined) return undefined
  return {
    text: `it sent no ${name}`,
    evidence: [{ step, at: `request.json/${name}`, note: 'there is no such member' }],
  }
}

/** What was sent that the metadata of the server does not list; nobody else can be told to be wrong. */
function wrongByDocument(step: Registration, flow: Flow): WrongMetadata | undefined {
  const metadata = flow.serverMetadata
  const document = metadata === undefined ? undefined : objectOf(metadata.document)
  if (metadata === undefined || document === undefined) return undefined
  const sent = objectOf(step.sent)
  const against = (member: string, list: string, values: readonly string[]): WrongMetadata[] => {
    const listed = stringsMember(document, list)
    const foreign = listed === undefined ? [] : values.filter((value) => !listed.includes(value))
    return foreign.length === 0
      ? []
      : [
          {
            text: `it asked for ${member} ${foreign.map(quoted).join(', ')}, which ${list} does not hold`,
            evidence: [
              { step, at: `request.json/${member}` },
              { step: metadata, at: `response.json/${list}` },
            ],
          },
        ]
  }
  const method = stringMember(sent, 'token_endpoint_auth_method')
  return [
    ...against(
      'token_endpoint_auth_method',
      'token_endpoint_auth_methods_supported',
      method === undefined ? [] : [method],
    ),
    ...against('grant_types', 'grant_types_supported', stringsMember(sent, 'grant_types') ?? []),
    ...against(
      'response_types',
      'response_types_supported',
      stringsMember(sent, 'response_types') ?? [],
    ),
  ][0]
}
