import { parseChallenges } from '../challenge/challenge.ts'
import { type Meaning, readMeanings } from './meaning/meanings.ts'
import {
  type Exchange,
  type Response,
  bodyText,
  headerValues,
  mediaType,
} from '../wire/exchange.ts'
import { headingsOf, htmlPage, textOfPage, visibleText } from '../wire/html.ts'
import { isObject, member, parseMessage, pointerPart } from '../wire/json.ts'
import { type Params, formType, parseForm, queryParams } from '../wire/params.ts'
import type { Place } from '../wire/place.ts'
import type { Refusal, Said, Step } from './step.ts'

/** Something that was said, and where. */
interface Text {
  readonly text: string
  readonly at: Place
  /** A code for programs rather than words for people. */
  readonly isCode: boolean
}

/** A body beyond this is no refusal, or not one that anybody reads. */
const bodyLimit = 64 * 1024
/** Pages of login services carry their scripts with them. */
const pageLimit = 512 * 1024
const textsLimit = 40

/** Reads what a step was refused with, from wherever it stands; undefined where nothing was refused. */
export function readRefusal(step: Step): Refusal | undefined {
  const { exchange, kind } = step
  const asked =
    kind === 'callback' ? answerTexts(requestParams(exchange), requestSide(exchange)) : []
  const { response } = exchange
  if (response === undefined || !(isRefused(step, response) || asked.length > 0))
    return asked.length === 0 ? undefined : refusal(asked, response)
  return refusal([...asked, ...spoken(step, response)].slice(0, textsLimit), response)
}

/** The answer may be a refusal; whether one that looks like a success is, its words tell. */
function isRefused(step: Step, response: Response): boolean {
  if (response.status >= 400) return true
  switch (step.kind) {
    case 'mcp':
      return step.answer?.error !== undefined || step.answer?.toolError !== undefined
    case 'preflight':
    case 'callback':
      return false
    case 'authorize':
      return !step.exchange.handedOver
    default:
      return response.status < 300 && saysError(response)
  }
}

/** A success by its status that is none by its body: `{"error":…}`, `{"ok":false}`, or a form that begins so. */
export function saysError(response: Response): boolean {
  if (response.body.bytes.length > bodyLimit) return false
  const text = bodyText(response)
  if (text.startsWith('error=')) return true
  if (!/"(?:error|errors|ok|success)"/.test(text)) return false
  const body = parseMessage(text)
  if (!isObject(body)) return false
  const error = member(body, 'error') ?? member(body, 'errors')
  const isError =
    typeof error === 'string' ? error !== '' : typeof error === 'object' && error !== null
  return isError || member(body, 'ok') === false || member(body, 'success') === false
}

function refusal(texts: readonly Text[], response: Response | undefined): Refusal {
  const says: Said[] = []
  if (response?.status === 429)
    says.push({
      meaning: 'rate',
      words: `429 ${response.statusText}`.trim(),
      at: 'response.status',
    })
  for (const { text, at } of texts)
    for (const { meaning, words } of readMeanings(text))
      if (!says.some((one) => one.meaning === meaning)) says.push({ meaning, words, at })
  const told = texts.find(({ isCode }) => !isCode) ?? texts[0]
  return {
    code: texts.find(({ isCode }) => isCode)?.text,
    text: told?.text ?? '',
    at: told?.at ?? 'response.status',
    says,
  }
}

/** What an answer says, the most telling first: its challenge, its body, its own fields, the place it sends a browser to. */
function spoken(step: Step, response: Response): Text[] {
  const located = headerValues(response.headers, 'location')[0]
  if (step.kind === 'authorize' && response.status < 400) {
    if (located !== undefined) return answerTexts(queryParams(located), 'response.query')
    return saysError(response) ? bodyTexts(step, response) : refusingPage(response)
  }
  return [
    ...challengeTexts(response),
    ...bodyTexts(step, response),
    ...fieldTexts(response),
    ...(located === undefined ? [] : answerTexts(queryParams(located), 'response.query')),
  ]
}

function requestParams({ request }: Exchange): Params {
  return request.method === 'POST' ? parseForm(bodyText(request)) : queryParams(request.url)
}

function requestSide({ request }: Exchange): 'request.form' | 'request.query' {
  return request.method === 'POST' ? 'request.form' : 'request.query'
}

/** The error parameters of an authorization response (RFC 6749 §4.1.2.1), a form, or a challenge. */
const errorParams = ['error', 'error_description', 'error_uri', 'error_message', 'error_reason']

function answerTexts(
  params: Params,
  side: 'request.form' | 'request.query' | 'response.form' | 'response.query',
): Text[] {
  return params
    .filter(([name, value]) => errorParams.includes(name) && value !== '')
    .map(([name, value]) => text(name, value, `${side}.${name}`))
}

function text(name: string, value: string, at: Place): Text {
  const isUri = name === 'error_uri'
  return { text: isUri ? codeIn(value) : value, at, isCode: isUri || isCodeName(name) }
}

/** Entra numbers its errors, and gives the number in a link. */
function codeIn(uri: string): string {
  const code = /[?&]code=(\d{4,8})\b/.exec(uri.slice(0, 500))?.[1]
  return code === undefined ? '' : `AADSTS${code}`
}

const challengeNames = [...errorParams, 'error_code', 'error_codes', 'msg', 'message']
const challengeFields = ['www-authenticate', 'x-amzn-remapped-www-authenticate']

function challengeTexts({ headers }: Response): Text[] {
  return challengeFields.flatMap((field) =>
    parseChallenges(headerValues(headers, field)).lenient.flatMap(({ params }) =>
      params
        .filter(({ name, value }) => challengeNames.includes(name.toLowerCase()) && value !== '')
        .map(({ name, value, line }) =>
          text(name.toLowerCase(), value, `response.header.${field}[${line}]`),
        ),
    ),
  )
}

/** Vendors' own fields: `x-amzn-ErrorType`, `x-ms-error-code`, `x-error-message`. */
const vendorField = /^x-.*(?:error|denied|reject|failure|diagnostics)/i

function fieldTexts({ headers }: Response): Text[] {
  return headers
    .filter(([name]) => name.length < 80 && vendorField.test(name))
    .slice(0, 5)
    .map(([name, value]) => ({
      text: value,
      at: `response.header.${name.toLowerCase()}` as const,
      isCode: !value.includes(' '),
    }))
}

function bodyTexts(step: Step, response: Response): Text[] {
  const { bytes } = response.body
  if (bytes.length === 0 || bytes.length > pageLimit) return []
  const body = bodyText(response)
  const at = 'response.body'
  if (htmlPage(response.headers, body) !== undefined) return pageTexts(step, body)
  if (body.length > bodyLimit) return []
  if (mediaType(response.headers) === 'text/event-stream') {
    const said = step.kind === 'mcp' || step.kind === 'challenge' ? step.answer : undefined
    return [said?.error?.message, said?.toolError]
      .filter((one) => one !== undefined)
      .map((one) => ({ text: one, at, isCode: false }))
  }
  const value = parseMessage(body)
  if (typeof value === 'object' && value !== null) return memberTexts(value)
  if (typeof value === 'string') return [{ text: value, at, isCode: false }]
  const form = mediaType(response.headers) === formType || body.startsWith('error=')
  return form
    ? answerTexts(parseForm(body.trim()), 'response.form')
    : [{ text: body.trim().slice(0, 2000), at, isCode: false }]
}

const codeOfVendor = /\bAADSTS\d{4,8}\b|\bError 4\d\d: [a-z_]{1,60}/

/** Of a page its title and headings; of one that refuses an authorization request all that a person sees. */
function pageTexts({ kind, status = 0 }: Step, body: string): Text[] {
  const code = codeOfVendor.exec(body)?.[0]
  const seen = kind === 'authorize' && status >= 400 ? visibleText(body) : textOfPage(body)
  return [
    ...(code === undefined ? [] : [{ text: code, at: 'response.body' as const, isCode: true }]),
    { text: seen, at: 'response.body', isCode: false },
  ]
}

/** Titles and headings of a page that says no although its status says yes. */
const refusing =
  /\berror\b|not found|invalid|denied|mismatch|required|unauthori[sz]ed|went wrong|oops|blocked|sorry|failed|unknown|forbidden|bad request|expired/i

function refusingPage(response: Response): Text[] {
  const { bytes } = response.body
  if (bytes.length === 0 || bytes.length > pageLimit) return []
  const body = bodyText(response)
  const code = codeOfVendor.exec(body)?.[0]
  const heading = headingsOf(body)
  const at = 'response.body'
  if (code === undefined && !refusing.test(heading)) return []
  if (code === undefined) return [{ text: heading, at, isCode: false }]
  const seen = visibleText(body)
  const told = seen.includes(code) ? seen.slice(seen.indexOf(code)).slice(0, 300) : heading
  return [
    { text: code, at, isCode: true },
    { text: told, at, isCode: false },
  ]
}

/** Members that hold words or codes, whatever their spelling; others hold data of which a word says nothing. */
const wordMembers = new Set(
  'error errors errordescription erroruri description message messages msg detail details title reason cause code errorcode errorcodes errormessage errormsg errorsummary errorcauses errortype fault faultstring exception type hint developermessage usermessage friendlymessage summary content text'.split(
    ' ',
  ),
)
const codeMembers = new Set('error code errorcode errorcodes errortype type reason'.split(' '))

const plainName = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '')
const isCodeName = (name: string) => codeMembers.has(plainName(name))

const depthLimit = 6

/** Everything that a JSON body says, in the order of its members. */
function memberTexts(body: object): Text[] {
  const texts: Text[] = []
  const walk = (value: unknown, name: string, pointer: string, depth: number): void => {
    if (texts.length >= textsLimit || depth > depthLimit) return
    if (typeof value === 'string' || typeof value === 'number') {
      const told = spokenMember(name, value)
      if (told !== '') texts.push(text(name, told, `response.json${pointer}` as Place))
    } else if (Array.isArray(value))
      value.slice(0, 20).forEach((one, index) => walk(one, name, `${pointer}/${index}`, depth + 1))
    else if (isObject(value))
      for (const [key, one] of Object.entries(value).slice(0, 50))
        if (isWorded(key, value)) walk(one, key, `${pointer}/${pointerPart(key)}`, depth + 1)
  }
  walk(body, '', '', 0)
  return texts
}

/** `data` of a JSON-RPC error, the result of a failed tool, and what asks there for authorization, speak as well. */
function isWorded(name: string, parent: object): boolean {
  if (wordMembers.has(plainName(name))) return true
  if (name === 'data') return Object.hasOwn(parent, 'code')
  if (name === 'result') return Object.hasOwn(parent, 'jsonrpc')
  return name === '_meta' || name === 'mcp/www_authenticate'
}

function spokenMember(name: string, value: string | number): string {
  if (typeof value === 'number') return plainName(name) === 'errorcodes' ? `AADSTS${value}` : ''
  if (name === 'error_uri') return value
  if (name === 'type' && (/^https?:/i.test(value) || value === 'text' || value === 'error'))
    return ''
  return value.slice(0, 2000)
}

/** The first thing that a step was refused with that has one of these meanings, and where it stands. */
export function said(step: Step, ...meanings: readonly Meaning[]): Said | undefined {
  return step.refusal?.says.find(({ meaning }) => meanings.includes(meaning))
}
