import type { Finding } from '../../core/verdict/report.ts'
import { counted, partyName, sentence } from '../../core/verdict/words.ts'
import { verdictLine } from './verdict-line.ts'
import type { JudgedCapture, RuleOutcome } from './judged-capture.ts'
import { type Markup, lines, markup } from './markup.ts'

/**
 * JUnit's XML: a test case for each rule. Errors are failures; a rule that could not see what it judges, or had nothing
 * to look at, is skipped and says so; one that crashed is an error. Warnings and notes stand in the output of the case.
 */
export function* junit(capture: JudgedCapture): Iterable<string> {
  const { report, rules } = capture
  const cases = [
    ...rules.map((rule) => testCase(rule, capture)),
    ...report.ignored.map((id) => skippedCase(id, 'left out by --ignore')),
  ]
  const count = (what: Outcome) => cases.filter(({ outcome }) => outcome === what).length
  const { verdict, text, detail } = verdictLine(report)
  const totals = markup`tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`
  yield `<?xml version="1.0" encoding="UTF-8"?>\n`
  yield `${
    markup`<testsuites name="authtap" ${totals}>
  <testsuite name="authtap" ${totals}>
    <properties>
      <property name="version" value="${report.tool.version}"/>
      <property name="rules" value="${report.tool.rules}"/>
      <property name="verdict" value="${verdict}: ${text} ${detail}"/>
      <property name="exchanges" value="${report.capture.exchanges}"/>
    </properties>
${cases.map(({ markup }) => markup)}  </testsuite>
</testsuites>`.text
  }\n`
}

type Outcome = 'passed' | 'failure' | 'error' | 'skipped'

interface Case {
  readonly outcome: Outcome
  readonly markup: Markup
}

function testCase({ id, title, outcome }: RuleOutcome, { report }: JudgedCapture): Case {
  const found = report.findings.filter(({ rule }) => rule === id)
  const errors = found.filter(({ severity, past }) => severity === 'error' && past !== true)
  if (errors.length > 0)
    return { outcome: 'failure', markup: element(id, title, failure(errors), rest(found)) }
  if (outcome === 'crash')
    return {
      outcome: 'error',
      markup: element(id, title, markup`      <error message="the rule crashed"/>\n`),
    }
  if (outcome === 'blind') return skippedCase(id, `could not see ${legs(id, report.blind)}`, title)
  if (outcome === 'silent') return skippedCase(id, 'there was nothing to look at', title)
  return { outcome: 'passed', markup: element(id, title, rest(found)) }
}

function legs(id: string, blind: JudgedCapture['report']['blind']): string {
  const seen = new Set(blind.filter(({ rule }) => rule === id).map(({ leg }) => leg))
  return seen.size === 0 ? 'what it judges' : [...seen].join(', ')
}

function skippedCase(id: string, reason: string, title = ''): Case {
  return {
    outcome: 'skipped',
    markup: element(id, title, markup`      <skipped message="${reason}"/>\n`),
  }
}

function element(id: string, title: string, ...content: readonly Markup[]): Markup {
  const category = id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : id
  const name = title === '' ? id : `${id}: ${title}`
  return markup`    <testcase classname="authtap.${category}" name="${name}">
${content}    </testcase>
`
}

/** One element for all errors of the rule: some readers know no more than one. */
function failure(errors: readonly Finding[]): Markup {
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${counted(errors.length - 1, 'more finding')})` : ''
  return markup`      <failure type="${first!.fault}" message="${sentence(first!.message)}${more}">${errors.map((finding) => lines(findingText(finding)))}</failure>
`
}

function rest(found: readonly Finding[]): Markup {
  const others = found.filter(({ severity, past }) => severity !== 'error' || past === true)
  if (others.length === 0) return markup``
  return markup`      <system-out>${others.map((finding) => lines(findingText(finding)))}</system-out>
`
}

function findingText(finding: Finding): string {
  return [
    `${finding.severity}${finding.past === true ? ' (mended since)' : ''}: ${sentence(finding.message)}.`,
    `Who has to act: ${partyName[finding.fault]}${finding.confidence === 'likely' ? ' (likely)' : ''}`,
    ...finding.evidence.map(({ exchange, at, text }) => `Exchange ${exchange} ${at}: ${text}`),
    `Why: ${finding.why}`,
    `Fix: ${finding.remedy}`,
    ...(finding.hint === undefined ? [] : [`Hint: ${finding.hint}`]),
    ...finding.spec.map(({ ref, url }) => `${ref}: ${url}`),
    '',
  ].join('\n')
}
