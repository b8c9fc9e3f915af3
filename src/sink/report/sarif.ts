import { basename } from 'node:path'
import type { Location, Log, Notification, ReportingDescriptor, Result } from 'sarif'
import { sha256 } from '../../core/wire/hash.ts'
import type { Evidence, Finding, Severity } from '../../core/verdict/report.ts'
import { safe, safeJson } from '../../core/wire/safe-text.ts'
import { partyName, sentence } from '../../core/verdict/words.ts'
import { verdictLine } from './verdict-line.ts'
import { type JudgedCapture, blindLegs } from './judged-capture.ts'
import { webMessages } from './sarif-web.ts'

const levels: Readonly<Record<Severity, Result.level>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
}

/** SARIF 2.1.0 (OASIS Standard, 27 March 2020): one run, a result a finding, what was blind as notifications. */
export function* sarif(capture: JudgedCapture): Iterable<string> {
  const { report } = capture
  const ruleIds = [...new Set(report.findings.map(({ rule }) => rule))]
  const web = webMessages(capture)
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'authtap',
            version: report.tool.version,
            rules: ruleIds.map((id) => descriptor(id, report.findings)),
          },
        },
        automationDetails: { id: 'authtap/' },
        columnKind: 'utf16CodeUnits',
        artifacts: capture.sources.map((source) => ({ location: { uri: uriOf(source) } })),
        invocations: [
          { executionSuccessful: true, toolExecutionNotifications: notifications(capture) },
        ],
        webRequests: web.requests,
        webResponses: web.responses,
        results: report.findings.map((finding) => result(finding, ruleIds, capture, web.index)),
        properties: {
          verdict: report.verdict,
          rules: report.tool.rules,
          outcomes: report.outcomes,
        },
      },
    ],
  }
  yield `${safeJson(JSON.stringify(log, null, 2))}\n`
}

function descriptor(id: string, findings: readonly Finding[]): ReportingDescriptor {
  const own = findings.filter(({ rule }) => rule === id)
  const first = own[0]!
  const link = first.spec[0]?.url
  const sections = first.spec.map(({ ref, url }) => `[${ref}](${url})`).join(', ')
  return {
    id,
    name: pascalCase(id),
    shortDescription: { text: plain(first.title) },
    fullDescription: { text: plain(first.why) },
    ...(link === undefined ? {} : { helpUri: link }),
    help: {
      text: `${plain(first.why)}\nFix: ${plain(first.remedy)}`,
      markdown: `${plain(first.why)}\n\n**Fix:** ${plain(first.remedy)}${sections === '' ? '' : `\n\n${sections}`}`,
    },
    defaultConfiguration: { level: levels[first.severity] },
    properties: { tags: ['oauth', 'mcp', id.split('/')[0]!], precision: 'high' },
  }
}

function result(
  finding: Finding,
  ruleIds: readonly string[],
  capture: JudgedCapture,
  index: ReadonlyMap<string, number>,
): Result {
  const [first, ...others] = finding.evidence
  const at = index.get(first?.exchange ?? '')
  const answered = capture.exchanges.find(({ exchange }) => exchange.id === first?.exchange)
    ?.exchange.response
  return {
    ruleId: finding.rule,
    ruleIndex: ruleIds.indexOf(finding.rule),
    level: finding.past === true ? 'note' : levels[finding.severity],
    kind: 'fail',
    message: {
      text: `${sentence(plain(finding.message))}. ${whoActs(finding)} ${plain(finding.remedy)}`,
    },
    locations: [location(first, capture)],
    ...(others.length === 0
      ? {}
      : { relatedLocations: others.map((one, id) => ({ id: id + 1, ...location(one, capture) })) }),
    partialFingerprints: { 'authtap/v1': fingerprint(finding) },
    ...(at === undefined ? {} : { webRequest: { index: at } }),
    ...(at === undefined || answered === undefined ? {} : { webResponse: { index: at } }),
    properties: {
      fault: finding.fault,
      confidence: finding.confidence,
      basis: finding.basis,
      flow: finding.flow,
      causedBy: finding.causedBy,
      firstBroken: capture.report.firstBroken?.finding === finding.id,
    },
  }
}

/** Where the exchange stands in its file, and as places that mean something: the exchange, and the field in it. */
function location(evidence: Evidence | undefined, { sources, lines }: JudgedCapture): Location {
  const file = sourceOf(evidence?.exchange, sources)
  // Code scanning shows nothing without a line.
  const startLine = lines?.get(evidence?.exchange ?? '') ?? 1
  const physicalLocation = { artifactLocation: { uri: uriOf(file) }, region: { startLine } }
  if (evidence === undefined) return { physicalLocation }
  const exchange = plain(`exchange ${evidence.exchange}`)
  return {
    physicalLocation,
    logicalLocations: [
      {
        name: plain(evidence.at),
        fullyQualifiedName: `${exchange}/${plain(evidence.at)}`,
        kind: 'property',
      },
      { name: exchange, fullyQualifiedName: exchange, kind: 'object' },
    ],
    message: { text: evidenceText(evidence) },
  }
}

function evidenceText({ exchange, at, text, note }: Evidence): string {
  const said = note === undefined ? '' : ` (${note})`
  return plain(`Exchange ${exchange}, ${at}: ${text === '' ? 'absent' : text}${said}`)
}

/** Ids of several captures begin with the number of their file. */
function sourceOf(exchange: string | undefined, sources: readonly string[]): string {
  const number = /^(\d{1,6})\./.exec(exchange ?? '')?.[1]
  return sources[sources.length > 1 && number !== undefined ? Number(number) - 1 : 0] ?? '-'
}

/** A relative reference. A path from elsewhere says more about a machine than anybody should know, so only its name is told. */
function uriOf(path: string): string {
  if (path === '-') return 'standard-input'
  const outside =
    path.startsWith('/') || /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(path) || /^[a-z]:/i.test(path)
  const shown = outside ? basename(path.replaceAll('\\', '/')) : path.replace(/^(?:\.\/)+/, '')
  return shown
    .split(/[\\/]/)
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/')
}

/** The same finding in the next run has the same print: ports, ids and times are no part of it. */
function fingerprint({ rule, variant, fault, evidence }: Finding): string {
  const places = evidence.map(({ at }) => at).join(' ')
  return sha256(`${rule} ${variant ?? ''} ${fault} ${places}`).slice(0, 32)
}

function notifications(capture: JudgedCapture): Notification[] {
  const { report } = capture
  const { verdict, text, detail } = verdictLine(report)
  return [
    notification('note', plain(`${verdict}: ${text} ${detail}`)),
    ...[...blindLegs(report)].map(([leg, rules]) => ({
      ...notification(
        'warning',
        `${sentence(leg)} was not visible, so these rules could not judge: ${rules.join(', ')}.`,
      ),
      descriptor: { id: 'blind' },
    })),
    ...(report.capture.complete
      ? []
      : [notification('warning', 'The capture is cut off or damaged.')]),
    ...capture.rules
      .filter(({ outcome }) => outcome === 'crash')
      .map(({ id }) => notification('error', `The rule ${id} crashed.`)),
  ]
}

function notification(level: Notification.level, text: string): Notification {
  return { level, message: { text } }
}

function pascalCase(id: string): string {
  return id
    .split(/[^a-z0-9]+/i)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}

function plain(text: string): string {
  return safe(text)
}

function whoActs({ fault }: Finding): string {
  return fault === 'undetermined'
    ? 'Who has to act is not certain.'
    : `${sentence(partyName[fault])} has to act.`
}
