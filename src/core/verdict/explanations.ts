import type { Rule } from './rule.ts'

/** The rule that an entry of `explains` names; behind a `#` stands the one variant that is meant. */
function named(entry: string): string {
  return entry.split('#', 1)[0]!
}

/** Rules that aggregate go last, so that they see what the others found. */
export function inOrder(rules: readonly Rule[]): Rule[] {
  const turns = [undefined, true, 'last'] as const
  return turns.flatMap((turn) => rules.filter(({ aggregates }) => aggregates === turn))
}

/** Who explains whom, from the other side: by the id of each rule, the rules whose findings are causes of its own. */
export function causesByRule(rules: readonly Rule[]): ReadonlyMap<string, ReadonlySet<string>> {
  const causes = new Map<string, Set<string>>()
  for (const { id, explains = [] } of rules)
    for (const entry of explains)
      causes.set(named(entry), (causes.get(named(entry)) ?? new Set()).add(id))
  return causes
}

/** What is wrong with who explains whom, one sentence a fault: a rule that is none, or a circle. */
export function explanationFaults(rules: readonly Rule[]): string[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const unknown = rules.flatMap(({ id, explains = [] }) =>
    explains
      .filter((entry) => !byId.has(named(entry)))
      .map((entry) => `${id} explains ${named(entry)}, which does not exist`),
  )
  const circles = rules.flatMap(({ id }) => {
    const circle = wayBack(id, byId)
    return circle === undefined ? [] : [`${circle.join(' explains ')}, which is a circle`]
  })
  return [...unknown, ...circles.slice(0, 1)]
}

/** The rules on the way from this one back to itself; undefined when none leads there. */
function wayBack(id: string, rules: ReadonlyMap<string, Rule>): string[] | undefined {
  const seen = new Set<string>()
  const ways = [[id]]
  for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
    for (const entry of rules.get(way.at(-1)!)?.explains ?? []) {
      const next = named(entry)
      if (next === id) return [...way, id]
      if (seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return undefined
}
