import type { StepOf } from '../step/step.ts'
import type { Place } from '../verdict/rule.ts'
import {
  type JsonObject,
  lacks,
  member,
  objectOf,
  readDocument,
  stringMember,
} from '../wire/json.ts'
import { splitUrl } from '../wire/url-parts.ts'
import { quoted } from '../verdict/quote.ts'
import { documentMethods } from './client-documents.ts'

interface UrlFlaw {
  readonly text: string
  /** It should not be so, and may. */
  readonly isAdvice: boolean
}

/**
 * What is wrong with the URL of a client metadata document (CIMD §3). A port is allowed. Undefined as well for an id that
 * is no web URL, and so names no document.
 */
export function clientIdUrlFlaw(clientId: string): UrlFlaw | undefined {
  const must = (text: string): UrlFlaw => ({ text, isAdvice: false })
  if (!/^https?:\/\//i.test(clientId)) return undefined
  if (/[\s,]https?:\/\//i.test(clientId)) return must('is more than one URL')
  const parts = splitUrl(clientId)
  if (parts === undefined) return must('is no URL')
  if (parts.scheme !== 'https') return must('is not https')
  if (parts.path === '') return must('has no path')
  if (parts.fragment !== '') return must('has a fragment')
  if (parts.authority?.userinfo !== '') return must('has a user name')
  if (parts.path.split('/').some((segment) => segment === '.' || segment === '..'))
    return must('has dot segments')
  return parts.query === '' ? undefined : { text: 'has a query', isAdvice: true }
}

interface DocumentFlaw {
  readonly variant: string
  readonly text: string
  readonly at: Place
  readonly note?: string
  readonly isAdvice?: true
}

/** Servers need not read a longer document (CIMD §6.6). */
const longest = 5 * 1024

/** What is wrong with a client metadata document as it was served (CIMD §4). */
export function documentFlaws(step: StepOf<'client-metadata'>): DocumentFlaw[] {
  const { status, exchange, url } = step
  if (status !== undefined && status >= 300 && status < 400 && status !== 304)
    return [
      {
        variant: 'redirect',
        text: 'is answered with a redirect, which no server follows',
        at: 'response.status',
      },
    ]
  if (status !== 200)
    return status === 304
      ? []
      : [{ variant: 'not-200', text: `is answered ${status}`, at: 'response.status' }]
  const document = readDocument(exchange.response)
  const content = objectOf(document)
  if (content === undefined)
    return document.kind === 'unread'
      ? []
      : [
          {
            variant: 'not-json',
            text: `is ${document.kind.replaceAll('-', ' ')}`,
            at: 'response.body',
          },
        ]
  return [...membersOf(content, url), ...sizeOf(exchange.response?.body.bytes.length ?? 0)]
}

function* membersOf(content: JsonObject, url: string): Generator<DocumentFlaw> {
  const id = stringMember(content, 'client_id')
  if (id !== url)
    yield {
      variant: 'client-id-differs',
      text: id === undefined ? 'has no client_id' : `calls itself ${quoted(id)}`,
      at: 'response.json/client_id',
      note: `must be ${url}, to the letter`,
    }
  for (const name of ['client_name', 'redirect_uris'])
    if (lacks(content, name))
      yield {
        variant: 'missing-fields',
        text: `has no ${name}`,
        at: `response.json/${name}`,
        note: 'must be there',
      }
  const symmetric = documentMethods(content).find((method) => method.startsWith('client_secret_'))
  if (symmetric !== undefined)
    yield {
      variant: 'symmetric-auth',
      text: `says ${symmetric}, which takes a secret that nobody shares`,
      at: 'response.json/token_endpoint_auth_method',
    }
  if (member(content, 'client_secret') !== undefined)
    yield {
      variant: 'has-secret',
      text: 'holds a client_secret, for everybody to read',
      at: 'response.json/client_secret',
    }
}

function sizeOf(bytes: number): DocumentFlaw[] {
  return bytes > longest
    ? [
        {
          variant: 'too-large',
          text: `is ${bytes} bytes long; servers need not read more than ${longest}`,
          at: 'response.body',
          isAdvice: true,
        },
      ]
    : []
}
