import type { JsonObject } from '../../core/wire/json.ts'
import type { Event } from '../../core/verdict/event.ts'
import { isObject, member, objectMember, stringMember } from '../../core/wire/json.ts'
import type { Finding, FlowReport, Report } from '../../core/verdict/report.ts'
import { partyName, severityRank } from '../../core/verdict/words.ts'
import { exchangeEventOf } from './exchange.ts'

/** The event that a line of ndjson, or a message of the live stream, is about; undefined when it is about none. */
export function eventOf(line: unknown): Event | undefined {
  if (!isObject(line)) return undefined
  const type = stringMember(line, 'type')
  const told = type === undefined ? undefined : objectMember(line, type)
  if (told === undefined) return undefined
  switch (type) {
    case 'exchange': {
      const exchange = exchangeEventOf(told)
      return exchange === undefined ? undefined : { type, exchange }
    }
    case 'flow':
      return isFlow(told) ? { type, flow: told as unknown as FlowReport } : undefined
    case 'finding':
      return isFinding(told) ? { type, finding: told as unknown as Finding } : undefined
    case 'finding-withdrawn': {
      const id = stringMember(told, 'id')
      return id === undefined ? undefined : { type, [type]: { id } }
    }
    case 'rule-crashed': {
      const [rule, message, flow] = ['rule', 'message', 'flow'].map((name) =>
        stringMember(told, name),
      )
      if (rule === undefined || message === undefined) return undefined
      return { type, [type]: { rule, message, flow: flow ?? '' } }
    }
    case 'report':
      return isReport(told) ? { type, report: told as unknown as Report } : undefined
    default:
      return undefined
  }
}

const findingTexts = ['id', 'rule', 'title', 'message', 'why', 'remedy', 'flow'] as const

function isFinding(json: JsonObject): boolean {
  const causedBy = member(json, 'causedBy')
  const candidates = member(json, 'candidates')
  return (
    hasTexts(json, findingTexts) &&
    Object.hasOwn(severityRank, stringMember(json, 'severity') ?? '') &&
    Object.hasOwn(partyName, stringMember(json, 'fault') ?? '') &&
    ['certain', 'likely'].includes(stringMember(json, 'confidence') ?? '') &&
    (causedBy === null || typeof causedBy === 'string') &&
    [undefined, 'string'].includes(typeOfMember(json, 'hint')) &&
    [undefined, 'string'].includes(typeOfMember(json, 'variant')) &&
    isList(member(json, 'spec'), (one) => hasTexts(one, ['ref', 'url'])) &&
    isList(member(json, 'evidence'), (one) => hasTexts(one, ['exchange', 'at', 'text'])) &&
    (candidates === undefined || isList(candidates, (one) => hasTexts(one, ['fault', 'why'])))
  )
}

function isFlow(json: JsonObject): boolean {
  const optional = ['resource', 'issuer', 'clientId', 'revision'].map((name) => member(json, name))
  return (
    hasTexts(json, ['id', 'registration', 'outcome']) &&
    optional.every((value) => value === null || typeof value === 'string') &&
    isList(member(json, 'steps'), (one) => hasTexts(one, ['kind', 'exchange', 'summary']))
  )
}

function isChecklistEntry(json: JsonObject): boolean {
  return hasTexts(json, ['item', 'text', 'status']) && Array.isArray(member(json, 'findings'))
}

function isReport(json: JsonObject): boolean {
  const broken = member(json, 'firstBroken')
  return (
    stringMember(json, 'schema') === 'authtap.report/1' &&
    hasTexts(json, ['verdict']) &&
    (broken === null || hasTexts(broken, ['finding', 'step', 'fault'])) &&
    isList(member(json, 'findings'), isFinding) &&
    isList(member(json, 'flows'), isFlow) &&
    isList(member(json, 'checklist'), isChecklistEntry) &&
    isList(member(json, 'blind'), (one) => hasTexts(one, ['rule', 'leg', 'flow'])) &&
    Array.isArray(member(json, 'ignored')) &&
    ['tool', 'outcomes', 'capture'].every((name) => objectMember(json, name) !== undefined) &&
    Array.isArray(member(objectMember(json, 'capture'), 'missing'))
  )
}

function typeOfMember(json: JsonObject, name: string): string | undefined {
  const value = member(json, name)
  return value === undefined ? undefined : typeof value
}

function hasTexts(json: unknown, names: readonly string[]): boolean {
  return isObject(json) && names.every((name) => typeof member(json, name) === 'string')
}

function isList(value: unknown, holds: (item: JsonObject) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && holds(item))
}
