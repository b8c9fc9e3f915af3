/** The generated parts of the README by name. */
export function readmeParts(rules) {
  return { rules: ruleTable(rules) }
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
