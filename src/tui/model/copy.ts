import { type Exchange, bodyText, decodedBytes } from '../../core/wire/exchange.ts'
import type { Evidence, Finding } from '../../core/verdict/report.ts'
import { safe, safeLines } from '../../core/wire/safe-text.ts'
import { partyName, sentence } from '../../core/verdict/words.ts'

const label =
  /‹([a-z0-9_]{1,40}):([0-9a-f]{16})›|%E2%80%B9([a-z0-9_]{1,40})%3A([0-9a-f]{16})%E2%80%BA/gi

/** Fields that curl writes itself, or that belong to one connection. */
const ownFields = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'accept-encoding',
  'expect',
  'te',
  'keep-alive',
])

/** Names of shell variables for the labels of one command, in the order in which they come up. */
class Variables {
  readonly #names = new Map<string, string>()
  readonly #encoded = new Set<string>()

  of(kind: string, id: string, encoded: boolean): string {
    const key = `‹${kind}:${id}›`
    if (encoded) this.#encoded.add(key)
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const base = kind.toUpperCase()
    const taken = new Set(this.#names.values())
    let name = base
    for (let number = 2; taken.has(name); number++) name = `${base}_${number}`
    this.#names.set(key, name)
    return name
  }

  get lines(): string[] {
    return [...this.#names].map(
      ([key, name]) => `${name}=''  # ${key}${this.#encoded.has(key) ? ', percent-encoded' : ''}`,
    )
  }
}

/**
 * The request as a command for a shell, as the server got it. Secrets are variables to be filled in; whatever else stands
 * in it is quoted so that no shell acts on it.
 */
export function curlCommand({ request }: Exchange): string {
  const variables = new Variables()
  const quote = (text: string) => shellQuoted(text, variables)
  const words = [`curl -i ${quote(request.url)}`]
  const body = bodyText(request)
  const hasBody = request.body.bytes.length > 0
  if (request.method !== (hasBody ? 'POST' : 'GET')) words.push(`-X ${quote(request.method)}`)
  for (const [name, value] of request.headers)
    if (!ownFields.has(name.toLowerCase()))
      words.push(`-H ${quote(value === '' ? `${name};` : `${name}: ${value}`)}`)
  if (hasBody)
    words.push(
      decodedBytes(request) === undefined ? '--data-binary @body' : `--data-raw ${quote(body)}`,
    )
  const left =
    request.body.dropped > 0
      ? [`# ${request.body.dropped} bytes of the body were not recorded`]
      : []
  return [...variables.lines, ...left, words.join(' \\\n  ')].join('\n')
}

/** A word for a POSIX shell: single quotes around everything, but around a variable double ones. */
function shellQuoted(text: string, variables: Variables): string {
  let result = ''
  let from = 0
  // What would act on a terminal when it is pasted is spelled out.
  const clean = safeLines(text)
  for (const match of clean.matchAll(label)) {
    const [whole, kind, id, encodedKind, encodedId] = match
    result += single(clean.slice(from, match.index))
    result += `"$${variables.of((kind ?? encodedKind)!, (id ?? encodedId)!, kind === undefined)}"`
    from = match.index + whole.length
  }
  result += single(clean.slice(from))
  return result === '' ? "''" : result
}

function single(text: string): string {
  return text === '' ? '' : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A finding as the text of an issue: what, why, how to mend it, and the evidence. */
export function findingIssue(finding: Finding, evidence: readonly Evidence[]): string {
  const { rule, variant, severity, fault, title, message, why, remedy, hint, spec } = finding
  const id = variant === undefined ? rule : `${rule}#${variant}`
  return `${[
    `# ${plain(title)}`,
    '',
    `**${sentence(partyName[fault])}**${fault === 'undetermined' ? '' : ' has to act'} (${severity}, rule ${code(id)})`,
    '',
    '## What was seen',
    '',
    `${plain(sentence(message))}.`,
    '',
    ...evidence.flatMap(evidenceLines),
    '## Why it matters',
    '',
    plain(why),
    '',
    '## How to mend it',
    '',
    plain(remedy),
    ...(hint === undefined ? [] : ['', plain(hint)]),
    '',
    '## Specification',
    '',
    ...spec.map(({ ref, url }) => (url === '' ? `- ${ref}` : `- [${ref}](${url})`)),
  ].join('\n')}\n`
}

function evidenceLines({ exchange, at, text, client, note }: Evidence): string[] {
  const remark = note === undefined ? '' : ` (${plain(note)})`
  return [
    `Exchange ${exchange}, ${code(at)}${remark}:`,
    '',
    ...(text === '' ? ['absent'] : fenced(text)),
    ...(client === undefined ? [] : ['', 'which the client saw as', '', ...fenced(client)]),
    '',
  ]
}

/** A block that its content cannot end. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, safeLines(text), fence]
}

function code(text: string): string {
  const clean = safe(text)
  return clean.includes('`') ? `\`\` ${clean} \`\`` : `\`${clean}\``
}

/** Text that Markdown and HTML take as text. */
function plain(text: string): string {
  return safe(text.replaceAll(/\s*[\r\n]+\s*/g, ' ')).replaceAll(
    /[\\`*_{}[\]<>#|@!]/g,
    (character) => `\\${character}`,
  )
}
