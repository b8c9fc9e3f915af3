/** The generated parts of the README by name. */
export function readmeParts({ rules, faults, keys, filterKeys, results }) {
  return {
    speed: speed(results),
    rules: ruleTable(rules),
    faults: faultTable(faults),
    keys: keyLists(keys),
    filter: filterTable(filterKeys),
  }
}

/** What the bench measured, where it stands: the picture, and what it says in words. */
function speed({ machine, date, rows }) {
  const of = (start) => rows.find(({ what }) => what.startsWith(start))
  const against = rows.flatMap(({ what, ratio }) => {
    const peer = /^authtap against (.+)$/.exec(what)?.[1]
    return peer === undefined
      ? []
      : [`${ratio.toFixed(2)} times those of ${peerNames[peer] ?? peer}`]
  })
  const added = of('added latency, 1 connection, call after call')?.measured
  return [
    '![MCP calls a second through authtap and other proxies](test/bench/results.svg)',
    '',
    `Calls a second through authtap as it runs by itself (text, a journal, all rules): ${against.join(', ')}. A call`,
    `takes ${added} longer than without a proxy. Measured by \`npm run bench\` on ${date} (${machine});`,
    'all that it measured is in `test/bench/results.json`.',
  ].join('\n')
}

const peerNames = { 'http-proxy': 'a bare http-proxy', undici: 'a bare undici', mockttp: 'mockttp' }

function keyLists(keys) {
  const rows = keys
    .filter(({ shown }) => shown !== '')
    .map(
      ({ shown, text, section }) =>
        `| ${section} | ${shown.split(/ {2,}/).map(code).join(' ')} | ${text} |`,
    )
  return ['| where | key | what it does |', '|---|---|---|', ...rows].join('\n')
}

function filterTable(filterKeys) {
  const rows = filterKeys.map(({ example, text }) => `| ${code(example)} | ${text} |`)
  return ['| word | looks at |', '|---|---|', ...rows].join('\n')
}

/** In code marks; a bar would end the cell. */
function code(text) {
  return `\`${text.replaceAll('|', '\\|')}\``
}

function faultTable(faults) {
  const rows = faults.map(
    ({ id, title, rule, expected }) =>
      `| \`${id}\` | ${title} | ${rule === undefined ? 'nothing: it is allowed' : code(rule)} | ${expected} |`,
  )
  return [
    '| fault | what happens | found by | what the other side has to do |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function ruleTable(rules) {
  const rows = rules.map(
    (rule) =>
      `| \`${rule.id}\` | ${rule.severity.join(', ')} | ${rule.fault.join(', ')} | ${rule.revisions} |`,
  )
  return ['| rule | severity | party | revisions |', '|---|---|---|---|', ...rows].join('\n')
}

/** The text with each part put between its markers. */
export function withParts(text, parts) {
  return Object.entries(parts).reduce((whole, [name, part]) => {
    const start = whole.indexOf(`<!-- ${name}:`)
    const from = whole.indexOf('-->', start) + 3
    const to = whole.indexOf(`<!-- /${name} -->`)
    if (start < 0 || to < from) throw new Error(`the README has no place for ${name}`)
    return `${whole.slice(0, from)}\n\n${part}\n\n${whole.slice(to)}`
  }, text)
}
