import { claimTest } from './claims.ts'
import { comparison, splitComparison } from './comparison.ts'
import type { RecordTest } from './record.ts'
import type { Fault, Severity } from '../verdict/report.ts'
import { stepKindNames, stepKinds } from '../step/kinds.ts'
import { severityRank } from '../verdict/words.ts'

/** The test for a value, or undefined when the key cannot have that value. */
type Reader = (value: string) => RecordTest | undefined

export interface FilterKey {
  readonly key: string
  readonly example: string
  readonly text: string
  readonly read: Reader
  /** What it can be, where that is a closed list. */
  readonly values?: readonly string[]
  /** Reads what may have to be computed first. */
  readonly costly?: true
}

const faultAliases: Readonly<Record<string, Fault>> = {
  mcp: 'resource-server',
  rs: 'resource-server',
  as: 'authorization-server',
  auth: 'authorization-server',
  proxy: 'intermediary',
  unknown: 'undetermined',
}

const faults: readonly Fault[] = [
  'client',
  'resource-server',
  'authorization-server',
  'intermediary',
  'undetermined',
  'authtap',
]

const severities = Object.keys(severityRank) as Severity[]

/** Every key of the language: what it takes, and what it means. */
export const filterKeys: readonly FilterKey[] = [
  { key: 'method', example: 'method:post', text: 'the method', read: anyOf(methodTest) },
  {
    key: 'status',
    example: 'status:4xx',
    text: 'the status: 401, 4xx, >=400, 400-499, none',
    read: anyOf(statusTest),
  },
  {
    key: 'kind',
    example: 'kind:token',
    text: 'what it is for',
    read: anyOf(kindTest),
    values: stepKindNames,
  },
  { key: 'host', example: 'host:example.com', text: 'a part of the host', read: hostTest },
  { key: 'path', example: 'path:/mcp', text: 'a part of path and query', read: pathTest },
  { key: 'flow', example: 'flow:w1', text: 'the flow', read: anyOf(flowTest) },
  {
    key: 'finding',
    example: 'finding:any',
    text: 'any finding, none, or a part of its rule',
    read: findingTest,
  },
  { key: 'rule', example: 'rule:token/', text: 'a part of the rule of a finding', read: ruleTest },
  {
    key: 'sev',
    example: 'sev:>=warning',
    text: 'the severity of a finding',
    read: anyOf(severityTest),
    values: severities,
  },
  {
    key: 'fault',
    example: 'fault:client',
    text: 'whose fault it is',
    read: anyOf(faultTest),
    values: faults,
  },
  {
    key: 'since',
    example: 'since:5m',
    text: 'no older than that: ms, s, m, h, d',
    read: sinceTest,
  },
  {
    key: 'h',
    example: 'h:www-authenticate',
    text: 'a part of a header field',
    read: headerTest,
    costly: true,
  },
  {
    key: 'body',
    example: 'body:invalid_grant',
    text: 'a part of a body',
    read: bodyTest,
    costly: true,
  },
]

/** Claims have keys of their own: `jwt.` and the name of the claim. */
const claimKey = { example: 'jwt.aud:example.com', text: 'a claim of a token' }

/** The key of that name, which is in lower case. */
export function filterKey(name: string): FilterKey | undefined {
  if (!name.startsWith('jwt.') || name === 'jwt.') return filterKeys.find(({ key }) => key === name)
  const path = name.slice('jwt.'.length)
  return { ...claimKey, key: name, read: (value) => claimTest(path, value), costly: true }
}

/** Values with commas between them: one of them holds. */
function anyOf(read: Reader): Reader {
  return (value) => {
    const tests = value
      .split(',')
      .filter((part) => part !== '')
      .map(read)
    if (tests.length === 0 || tests.includes(undefined)) return undefined
    return (record, now) => tests.some((test) => test!(record, now))
  }
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part)
}

export function bareTest(value: string): RecordTest {
  const part = value.toLowerCase().replace(/^https?:\/\//, '')
  return ({ method, host, path }) => contains(method, part) || contains(host + path, part)
}

function methodTest(value: string): RecordTest {
  const wanted = value.toLowerCase()
  return ({ method }) => method.toLowerCase() === wanted
}

function statusTest(value: string): RecordTest | undefined {
  if (/^none$/i.test(value)) return ({ status }) => status === undefined
  const compare = comparison(value, /^\d{1,3}$/)
  if (compare !== undefined) return ({ status }) => status !== undefined && compare(status)
  const range = /^(\d{3})-(\d{3})$/.exec(value)
  if (range !== null) {
    const [low, high] = [Number(range[1]), Number(range[2])]
    return ({ status }) => status !== undefined && status >= low && status <= high
  }
  if (!/^\d[\dx]{2}$/i.test(value)) return undefined
  const digits = value.toLowerCase()
  return ({ status }) =>
    status !== undefined &&
    [...String(status).padStart(3, '0')].every((digit, place) =>
      digits[place] === 'x' ? true : digits[place] === digit,
    )
}

function kindTest(value: string): RecordTest | undefined {
  const part = value.toLowerCase()
  const named = stepKindNames.filter((kind) => stepKinds[kind].word === part)
  const wanted = named.length > 0 ? named : stepKindNames.filter((kind) => kind.includes(part))
  return wanted.length === 0 ? undefined : ({ kind }) => wanted.includes(kind)
}

function hostTest(value: string): RecordTest {
  const part = value.toLowerCase()
  return ({ host }) => contains(host, part)
}

function pathTest(value: string): RecordTest {
  const part = value.toLowerCase()
  return ({ path }) => contains(path, part)
}

function flowTest(value: string): RecordTest {
  const wanted = value.toLowerCase()
  return ({ flow }) => flow.toLowerCase() === wanted
}

function findingTest(value: string): RecordTest {
  if (/^any$/i.test(value)) return ({ findings }) => findings.length > 0
  if (/^none$/i.test(value)) return ({ findings }) => findings.length === 0
  return ruleTest(value)
}

function ruleTest(value: string): RecordTest {
  const part = value.toLowerCase()
  return ({ findings }) => findings.some(({ rule }) => contains(rule, part))
}

function severityTest(value: string): RecordTest | undefined {
  const { compare, text } = splitComparison(value)
  const part = text.toLowerCase()
  const severity = part === '' ? undefined : severities.find((name) => name.startsWith(part))
  if (severity === undefined) return undefined
  const wanted = severityRank[severity]
  return ({ findings }) =>
    findings.some((finding) => compare(severityRank[finding.severity], wanted))
}

function faultTest(value: string): RecordTest | undefined {
  const part = value.toLowerCase()
  const alias = Object.hasOwn(faultAliases, part) ? faultAliases[part] : undefined
  const wanted = alias ?? faults.find((name) => name.startsWith(part))
  return wanted && (({ findings }) => findings.some(({ fault }) => fault === wanted))
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

function sinceTest(value: string): RecordTest | undefined {
  const [, number, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/i.exec(value) ?? []
  const factor = units[unit.toLowerCase()]
  if (number === undefined || factor === undefined) return undefined
  return ({ startedAt }, now) => startedAt >= now - Number(number) * factor
}

function headerTest(value: string): RecordTest {
  const part = value.toLowerCase()
  return ({ headers }) =>
    headers?.some(([name, content]) => contains(`${name}: ${content}`, part)) === true
}

function bodyTest(value: string): RecordTest {
  const part = value.toLowerCase()
  return ({ text }) => text !== undefined && contains(text, part)
}
