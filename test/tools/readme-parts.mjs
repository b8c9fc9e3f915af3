/** The generated parts of the README by name. */
export function readmeParts({ rules, faults, keys, filterKeys }) {
  return {
    rules: ruleTable(rules),
    faults: faultTable(faults),
    keys: keyLists(keys),
    filter: filterTable(filterKeys),
  }
}

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
