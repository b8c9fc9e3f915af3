/** The one style sheet of a page; its hash stands in the page's policy. Colours by role, once for light and once for dark. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fff; --raised: #f6f7f9; --ink: #1c2128; --soft: #59636e; --line: #d5dae1; --link: #0a58ca;
  --bad: #b42318; --bad-paper: #fef0ee; --warn: #8a5300; --warn-paper: #fff6e5; --good: #1a6e3c; --good-paper: #eaf6ee;
  --note: #31538f; --note-paper: #eef3fb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --raised: #1d2129; --ink: #e4e8ee; --soft: #9aa5b3; --line: #353c48; --link: #7ab3ff;
    --bad: #ff8f85; --bad-paper: #3a1b1a; --warn: #f2bd64; --warn-paper: #35290f; --good: #74cf97; --good-paper: #15301f;
    --note: #9dbdf5; --note-paper: #1b2740;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 4rem; max-width: 76rem;
  background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1 { font-size: 1.45rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0; line-height: 1.4; }
h4 { font-size: .85rem; margin: 1rem 0 .3rem; color: var(--soft); }
p { margin: .5rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, input:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .85em; }
code { background: var(--raised); border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere; }
pre {
  margin: .25rem 0; padding: .75rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
  white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45;
}
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; }
.scroll { overflow-x: auto; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; list-style: none; margin: 1rem 0 0; padding: 0; font-size: .92rem; }
.verdict { border: 1px solid; border-left-width: .4rem; border-radius: 8px; padding: 1rem 1.25rem; }
.verdict p { margin-bottom: 0; }
.FAIL { color: var(--bad); background: var(--bad-paper); }
.PASS { color: var(--good); background: var(--good-paper); }
.INCOMPLETE { color: var(--warn); background: var(--warn-paper); }
.verdict p { color: var(--ink); }
.tag { display: inline-block; border-radius: 4px; padding: 0 .45em; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.error, .fail { color: var(--bad); background: var(--bad-paper); }
.warning, .blind { color: var(--warn); background: var(--warn-paper); }
.info { color: var(--note); background: var(--note-paper); }
.pass { color: var(--good); background: var(--good-paper); }
.card { border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1.1rem; margin: .75rem 0; }
.card > .tag { float: right; margin-left: .75rem; }
section > h3 { margin: 1.25rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: .75rem 0 0; }
dt { color: var(--soft); font-size: .9rem; }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
dd ul { margin: 0; padding-left: 1.1rem; }
details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; }
details > summary { cursor: pointer; padding: .5rem .8rem; overflow-wrap: anywhere; }
details[open] > summary { border-bottom: 1px solid var(--line); }
details > .inside { padding: .25rem .9rem .9rem; }
details:target, .like:target { border-color: var(--link); box-shadow: 0 0 0 1px var(--link); }
.exchange > summary .line { display: block; color: var(--soft); font-size: .82rem; }
.exchange.broken { border-color: var(--bad); }
.like { margin: .25rem 0; padding: 0 .8rem; font-size: .92rem; }
.fact { width: auto; margin: .5rem 0; }
.fact td { border-left: .25rem solid var(--line); }
.fact .found td { border-left-color: var(--bad); }
.fact .expected td { border-left-color: var(--good); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0 1rem; }
.pair > div { min-width: 0; }
.search { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .5rem 0; }
.search[hidden] { display: none; }
.search input[type=search] {
  flex: 1 1 16rem; font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
  padding: .4rem .7rem;
}
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; padding: 0 .35em; font-size: .8rem; }
svg { display: block; max-width: max(100%, 52rem); height: auto; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
svg text { fill: var(--ink); }
svg .lane { stroke: var(--line); stroke-dasharray: 3 4; }
svg .head { fill: var(--raised); stroke: var(--line); }
svg .name { font-weight: 600; }
svg .origin, svg .note { fill: var(--soft); font-size: 11px; }
svg .arrow { stroke: var(--ink); fill: none; }
svg .answer { stroke-dasharray: 5 3; stroke: var(--soft); }
svg .tip { fill: var(--ink); }
svg .answer-text { fill: var(--soft); }
svg .bad { stroke: var(--bad); }
svg .bad-tip, svg .bad-text, svg a:hover text { fill: var(--bad); }
svg .break { fill: var(--bad-paper); stroke: var(--bad); }
svg a { text-decoration: none; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --raised: #fff; --ink: #000; --soft: #444; --line: #bbb; --link: #000; }
  body { font-size: 10pt; max-width: none; padding: 0; }
  nav, .search, .skip { display: none; }
  .card, .verdict, svg { break-inside: avoid; }
  h2, h3, summary { break-after: avoid; }
  .scroll { overflow: visible; }
  svg { max-width: 100%; height: auto; }
  details::details-content { display: block; content-visibility: visible; }
  section > p > a[href^="http"]::after, dd a[href^="http"]::after { content: " (" attr(href) ")"; font-size: .8em; }
}
`
