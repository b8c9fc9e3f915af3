import { counted } from '../../../core/verdict/words.ts'
import { type Markup, markup } from '../markup.ts'
import type { Anchor } from './findings.ts'
import {
  type ClaimView,
  type RenewedToken,
  type TokenView,
  type Tokens,
  headerLine,
} from './tokens.ts'

/** Tokens beyond these are counted: a page of thousands is read by nobody. */
const shownTokens = 12
const shownRenewed = 100

/** The first token of each kind claim by claim, and of those that took its place what is new in them. */
export function tokenCards({ first, renewed }: Tokens, anchor: Anchor): Markup[] {
  return [
    ...first.slice(0, shownTokens).map((token) => tokenCard(token, anchor)),
    ...more(first.length - shownTokens, 'more token'),
    ...(renewed.length === 0 ? [] : [renewedTable(renewed.slice(0, shownRenewed), anchor)]),
    ...more(renewed.length - shownRenewed, 'more renewed token'),
  ]
}

function renewedTable(renewed: readonly RenewedToken[], anchor: Anchor): Markup {
  const rows = renewed.map(
    ({ label, exchange, changes }) =>
      markup`<tr><th scope="row" class="mono">${label}</th><td><a href="#${anchor(exchange) ?? 'exchanges'}">${exchange}</a></td><td>${
        changes.length === 0
          ? 'nothing but its times and its id'
          : changes.map(
              ({ name, was, is }, index) =>
                markup`${index > 0 && markup`<br>`}<span class="mono">${name}</span> was <code>${was}</code>, is <code>${is.value}</code>${agreement(is)}`,
            )
      }</td></tr>\n`,
  )
  return markup`<h3>Tokens that came later</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Tokens that came later"><table><thead><tr><th>Token</th><th>Exchange</th><th>New in it</th></tr></thead><tbody>
${rows}</tbody></table></div>
`
}

function agreement({ agrees, expected }: ClaimView): Markup | false {
  return (
    agrees !== undefined &&
    markup` <span class="tag ${agrees ? 'pass' : 'fail'}">${agrees ? 'agrees' : `expected: ${expected ?? ''}`}</span>`
  )
}

function tokenCard({ label, facts, exchange, claims }: TokenView, anchor: Anchor): Markup {
  const rows = claims.map(
    ({ name, value, expected, agrees }) =>
      markup`<tr><th scope="row" class="mono">${name}</th><td><code>${value}</code></td><td>${expected ?? ''}</td><td>${
        agrees !== undefined &&
        markup`<span class="tag ${agrees ? 'pass' : 'fail'}">${agrees ? 'agrees' : 'differs'}</span>`
      }</td></tr>\n`,
  )
  const told = headerLine(facts)
  return markup`<article class="card"><h3 class="mono">${label}</h3>
<p class="soft">${told !== '' && `${told}; `}${counted(facts.length, 'character')}; came with <a href="#${anchor(exchange) ?? 'exchanges'}">exchange ${exchange}</a></p>
<div class="scroll" tabindex="0" role="region" aria-label="Claims"><table><thead><tr><th>Claim</th><th>In the token</th><th>Expected</th><th></th></tr></thead><tbody>
${rows}</tbody></table></div></article>
`
}

function more(count: number, what: string): Markup[] {
  return count > 0 ? [markup`<p class="soft">${counted(count, what)} not shown.</p>\n`] : []
}
