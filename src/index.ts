/** The public API: what a rule of one's own needs, and what judges exchanges in a program of one's own. */
export {
  defineRule,
  type Check,
  type Draft,
  type Example,
  type Leg,
  type Place,
  type Pointer,
  type Revision,
  type Rule,
} from './core/verdict/rule.ts'
export * from './core/kit.ts'
export type {
  Body,
  Exchange,
  Failure,
  Headers,
  Request,
  Response,
  Touch,
} from './core/wire/exchange.ts'
export type { Event, ExchangeEvent } from './core/verdict/event.ts'
export type {
  Evidence,
  Fault,
  Finding,
  FlowReport,
  Outcome,
  Party,
  Report,
  Severity,
} from './core/verdict/report.ts'
export { Session, type SessionOptions } from './core/session.ts'
export { formatTranscript, parseTranscript } from './core/transcript/transcript.ts'
export { exampleFaults } from './core/example.ts'
export { loadRules, type RuleSet } from './rules.ts'
