import { type Fact, factText } from '../../core/verdict/fact.ts'
import { fit, width } from '../term/width.ts'

/** The fact in so many columns, in ever fewer words: of two values it is where they differ that counts. */
export function factIn(fact: Fact, columns: number): string {
  return wholeFact(fact, columns) ?? fit(cutText(bareOf(fact), columns), columns)
}

/** The fact without anything cut but what both values share; undefined where there is no room for it. */
export function wholeFact(fact: Fact, columns: number): string | undefined {
  const bare = bareOf(fact)
  const { found, expected } = differingOnly(bare)
  const forms = [
    factText(fact),
    factText(bare),
    shortText(bare),
    shortText(differing(bare)),
    ...(expected === undefined
      ? [withoutAside(fact.subject)]
      : found === undefined
        ? [`no ${fact.subject}`]
        : [
            shortText({ ...bare, found, expected }),
            `${bare.found}, want ${bare.expected}`,
            `${found}, want ${expected}`,
          ]),
  ]
  return forms.find((one) => width(one) <= columns)
}

/** What stands in parentheses at the end bears out what was said before it. */
function withoutAside(text: string): string {
  return /^(.+?) \(.*\)$/s.exec(text)?.[1] ?? text
}

/** Values without the scheme, unless it is the scheme that they differ in. */
function bareOf(fact: Fact): Fact {
  const { found, expected } = fact
  const bare = mapValues(fact, (value) => value.replace(/^https?:\/\//, ''))
  return found !== undefined && found !== expected && bare.found === bare.expected ? fact : bare
}

function mapValues(fact: Fact, map: (value: string) => string): Fact {
  const { subject, found, expected } = fact
  if (expected === undefined) return fact
  return {
    subject,
    expected: map(expected),
    ...(found === undefined ? {} : { found: map(found) }),
  }
}

function shortText({ subject, found, expected }: Fact): string {
  if (expected === undefined) return subject
  return found === undefined
    ? `no ${subject}, want ${expected}`
    : `${subject} ${found}, want ${expected}`
}

/** Both values cut. The shorter one stays whole as long as half of the room is enough for it. */
function cutText(fact: Fact, columns: number): string {
  const { found, expected } = fact
  if (found === undefined || expected === undefined) return shortText(fact)
  const room = columns - width(shortText(mapValues(fact, () => '')))
  const first = Math.min(width(found), Math.max(Math.floor(room / 2), room - width(expected)))
  if (room - first < 6) return shortText(fact)
  return shortText({ ...fact, found: fit(found, first), expected: fit(expected, room - first) })
}

/** Both values without what they begin and end with alike, each end up to a sign that parts them there. */
function differingOnly(fact: Fact): Fact {
  const { found, expected } = differing(fact)
  if (found === undefined || expected === undefined) return fact
  let alike = 0
  while (
    alike < found.length &&
    alike < expected.length &&
    found.at(-1 - alike) === expected.at(-1 - alike)
  )
    alike += 1
  const shared = found.slice(found.length - alike)
  const places = ['/', ':', '.', ' ', '?', '='].map((sign) => shared.indexOf(sign))
  const from = Math.min(...places.filter((place) => place >= 0))
  if (!Number.isFinite(from) || shared.length - from < 2) return { ...fact, found, expected }
  const cut = shared.length - from
  return mapValues({ ...fact, found, expected }, (value) => `${value.slice(0, -cut)}…`)
}

/** Both values without what they begin with alike, up to the last sign that parts them there. */
export function differing(fact: Fact): Fact {
  const { found = '', expected = '' } = fact
  let alike = 0
  while (alike < found.length && alike < expected.length && found[alike] === expected[alike])
    alike += 1
  const shared = found.slice(0, alike)
  const cut = Math.max(...['/', ':', '.', ' ', '?', '='].map((sign) => shared.lastIndexOf(sign)))
  // As short a beginning as that is not worth an ellipsis.
  return cut < 3 ? fact : mapValues(fact, (value) => `…${value.slice(cut)}`)
}
