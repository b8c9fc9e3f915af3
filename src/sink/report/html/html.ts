import { createHash } from 'node:crypto'
import { counted, sentence } from '../../../core/verdict/words.ts'
import { captureGaps, outcomeLine } from '../coverage.ts'
import { verdictLine } from '../verdict-line.ts'
import { exchangeFolds, shownExchanges } from './exchanges.ts'
import { type Anchor, causeCard, otherCards } from './findings.ts'
import { script } from './script.ts'
import { style } from './style.ts'
import { looksLine, removedLine } from '../removed.ts'
import { clientRows, clientsTitle } from '../clients.ts'
import { type JudgedCapture, blindLegs, deniers, flowsByInterest } from '../judged-capture.ts'
import { Markup, markup } from '../markup.ts'
import { flowTitle } from '../mermaid.ts'
import { partyLines } from '../parties.ts'
import { sequenceOf } from '../sequence.ts'
import { sequenceSvg } from './svg.ts'
import { tokenCards } from './token-cards.ts'
import { tokensOf } from './tokens.ts'

const signs = { FAIL: '✗', PASS: '✓', INCOMPLETE: '!' } as const

/** Findings beyond these are counted: a page of thousands is read by nobody. */
const shownFindings = 100

/** Flows that are drawn; the others are told of in words. */
const drawnFlows = 10

const names: Readonly<Record<string, string>> = {
  cause: 'Cause',
  sequence: 'Sequence',
  findings: 'Findings',
  tokens: 'Tokens',
  exchanges: 'Exchanges',
  blind: 'Not judged',
  checklist: 'Checklist',
  parties: 'Parties',
}

/** One page that needs nothing else: no network, a policy that allows its own style and script alone, readable without scripts. */
export function* html(capture: JudgedCapture): Iterable<string> {
  const { report } = capture
  const { verdict, text, detail } = verdictLine(report)
  const shown = shownExchanges(capture)
  // Ids come from the capture and may be anything: anchors are counted.
  const anchors = new Map(shown.map(({ exchange }, index) => [exchange.id, `x${index + 1}`]))
  const anchor: Anchor = (exchange) => anchors.get(exchange)
  const tokens = tokensOf(capture)
  const cause = causeCard(capture, anchor)
  const cards = otherCards(capture, anchor, shownFindings)
  const sections = [
    ...(cause === undefined ? [] : ['cause']),
    'sequence',
    'findings',
    ...(tokens.first.length === 0 ? [] : ['tokens']),
    'exchanges',
    'blind',
    'checklist',
    'parties',
  ]
  const links = sections.map((id) => markup`<li><a href="#${id}">${names[id]!}</a></li>`)
  yield head(`${verdict}: ${text}`)
  yield markup`<body>
<a class="skip" href="#${sections[0]!}">To the ${names[sections[0]!]!.toLowerCase()}</a>
<header>
<div class="verdict ${verdict}"><h1>${signs[verdict]} ${verdict}: ${text}</h1><p>${detail}</p></div>
<nav aria-label="Sections"><ul>${links}</ul></nav>
</header>
<main>
`.text
  if (cause !== undefined) {
    const title = report.firstBroken?.past === true ? 'Cause then' : 'Cause'
    yield markup`<section id="cause"><h2>${title}</h2>\n${cause}</section>\n`.text
  }
  yield sequences(capture, anchor).text
  yield markup`<section id="findings"><h2>${cause === undefined ? 'Findings' : 'Other findings'}</h2>\n${cards.length === 0 ? markup`<p>None.</p>\n` : cards}</section>\n`
    .text
  if (tokens.first.length > 0)
    yield markup`<section id="tokens"><h2>Tokens</h2>\n${tokenCards(tokens, anchor)}</section>\n`
      .text
  yield exchangesHead(shown.length, capture).text
  for (const fold of exchangeFolds(shown, capture, anchor)) yield fold.text
  yield '</section>\n'
  yield closing(capture).text
  yield `</main>\n<script>${script}</script>\n</body>\n</html>\n`
}

function head(title: string): string {
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>authtap: ${title}</title>
<style>${new Markup(style)}</style>
</head>
`.text
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function sequences(capture: JudgedCapture, anchor: Anchor): Markup {
  const flows = flowsByInterest(capture.report)
  const drawn = flows.slice(0, drawnFlows).map((flow, index) => {
    const svg = markup`<div class="scroll" tabindex="0" role="region" aria-label="Sequence diagram">${sequenceSvg(sequenceOf(capture, flow), anchor)}</div>\n`
    const title = sentence(flowTitle(flow))
    return index === 0
      ? markup`<p class="soft">${title}</p>\n${svg}`
      : markup`<details><summary>${title}</summary><div class="inside">${svg}</div></details>\n`
  })
  const more = flows.length - drawn.length
  return markup`<section id="sequence"><h2>Sequence</h2>
${drawn.length === 0 ? markup`<p>Nothing was seen.</p>\n` : drawn}${more > 0 && markup`<p class="soft">${counted(more, 'more flow')} not drawn.</p>\n`}</section>
`
}

function exchangesHead(shown: number, { report }: JudgedCapture): Markup {
  const left = report.capture.exchanges - shown
  return markup`<section id="exchanges"><h2>Exchanges</h2>
<form class="search" role="search" hidden><input type="search" aria-label="Search the exchanges" placeholder="Search: a header, a URL, a value" autocomplete="off"><label><input type="checkbox"> only what failed</label><output></output><span class="soft"><kbd>/</kbd> search <kbd>j</kbd> <kbd>k</kbd> next, previous <kbd>Enter</kbd> open <kbd>e</kbd> open all</span></form>
${left > 0 && markup`<p class="soft">${counted(left, 'exchange')} of ${report.capture.exchanges} left out of this page, which no browser would show at ease with all of them: most are ordinary MCP calls. What findings cite is here; all are in the HAR.</p>\n`}`
}

function closing(capture: JudgedCapture): Markup {
  const { report } = capture
  const notJudged = [
    ...[...blindLegs(report)].map(
      ([leg, rules]) =>
        markup`<li>${sentence(leg)} was not visible: ${rules.map((rule, index) => markup`${index > 0 && ', '}<code>${rule}</code>`)}</li>\n`,
    ),
    ...captureGaps(report).map((gap) => markup`<li>${gap}</li>\n`),
    ...report.ignored.map(
      (rule) => markup`<li><code>${rule}</code> was left out by --ignore</li>\n`,
    ),
  ]
  const checklist = report.checklist.map(
    (entry) =>
      markup`<tr><td>${entry.item}</td><td>${entry.text}</td><td><span class="tag ${entry.status}">${entry.status.replace('-', ' ')}</span>${deniers(entry, report).map((rule) => markup` <code>${rule}</code>`)}</td></tr>\n`,
  )
  const parties = partyLines(capture).map(
    ({ party, facts }) =>
      markup`<dt>${party}</dt><dd>${facts.length === 0 ? 'nothing known' : facts.map((fact, index) => markup`${index > 0 && markup`<br>`}<code>${fact}</code>`)}</dd>\n`,
  )
  return markup`<section id="blind"><h2>Could not be judged</h2>
${notJudged.length === 0 ? markup`<p>Nothing: what matters was visible.</p>\n` : markup`<ul>${notJudged}</ul>\n`}<p class="soft">${outcomeLine(report)}</p></section>
${clientTable(capture)}<section id="checklist"><h2>Checklist</h2>
<details><summary>${checklistLine(capture)}</summary><div class="inside"><table><thead><tr><th>Item</th><th>What</th><th>Status</th></tr></thead><tbody>
${checklist}</tbody></table></div></details></section>
<section id="parties"><h2>Parties</h2>
<dl>${parties}</dl>
<p class="soft">${removedLine(capture.labels)}</p>
<p class="soft">${looksLine(capture.labels)}</p></section>
`
}

function clientTable({ report }: JudgedCapture): Markup | false {
  const tags = { pass: 'pass', refuse: 'fail', blind: 'blind' }
  const rows = clientRows(report).map(
    ({ name, target, outcome, verdict, because, source }) =>
      markup`<tr><th scope="row">${name}</th><td><code>${target}</code></td><td><span class="tag ${tags[outcome]}">${verdict}</span></td><td>${because}</td><td class="soft">${source}</td></tr>\n`,
  )
  return (
    rows.length > 0 &&
    markup`<section id="clients"><h2>${clientsTitle}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Clients"><table><thead><tr><th>Client</th><th>Server</th><th>Verdict</th><th>Why</th><th>Known from</th></tr></thead><tbody>
${rows}</tbody></table></div></section>
`
  )
}

function checklistLine({ report }: JudgedCapture): string {
  const count = (status: string) => report.checklist.filter((one) => one.status === status).length
  return `${count('pass')} of ${report.checklist.length} items pass, ${count('fail')} fail, ${count('blind')} blind, ${count('not-seen')} not seen`
}
