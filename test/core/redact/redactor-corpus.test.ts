import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { type Plant, cookiePlaces, textPlaces, wholePlaces } from './corpus/places.ts'
import { Chance } from './corpus/random.ts'
import { readableKinds } from './corpus/readable.ts'
import { type SecretKind, namedKinds, namelessKinds } from './corpus/secrets.ts'
import { key, remains, written } from './redaction.ts'

const size = 3000
const goal = 0.99
/** `AUTHTAP_SEED` tries other values than those that every run tries. */
const seed = Number(process.env['AUTHTAP_SEED'] ?? 20261130)

interface Planted {
  readonly place: string
  readonly name: string
  readonly value: string
  readonly exchange: Exchange
}

function plant(
  chance: Chance,
  kind: Pick<SecretKind, 'names' | 'make'>,
  places: Readonly<Record<string, Plant>>,
): Planted {
  const [place, make] = chance.pick(Object.entries(places))
  const name = spelled(chance, chance.pick(kind.names))
  const value = kind.make(chance)
  return { place, name, value, exchange: make(name, value) }
}

/** `client_secret` is `client-secret`, `clientSecret` and `Client_Secret` as well. */
function spelled(chance: Chance, name: string): string {
  if (!/^[a-z]+(?:[_-][a-z]+)*$/.test(name)) return name
  return chance.pick([
    name,
    name,
    name.replaceAll('_', '-'),
    name.replaceAll(/[_-]([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    name.replaceAll(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase()),
  ])
}

function redacted(exchange: Exchange): Exchange {
  return createRedactor({ key }).exchange(exchange)
}

/** The figures go to standard error, and what was missed with them: the share alone says nothing about what to mend. */
function tell(what: string, missed: readonly Planted[]): number {
  const share = 1 - missed.length / size
  const lines = missed.map(({ place, name, value }) => `  ${place}: ${name} ${value.slice(0, 70)}`)
  process.stderr.write(
    [`${what}: ${(share * 100).toFixed(2)} % of ${size}, seed ${seed}`, ...lines, ''].join('\n'),
  )
  return share
}

describe('of a corpus made by chance', () => {
  test('secrets of 120 kinds in all places are removed', () => {
    const chance = new Chance(seed)
    const kinds = [...namedKinds, ...namelessKinds]
    expect(kinds).toHaveLength(120)
    const missed = Array.from({ length: size }, (_, index) => {
      const kind = kinds[index % kinds.length]!
      const nameless = namelessKinds.includes(kind)
      const places = {
        ...wholePlaces,
        ...(!nameless || kind.telling === true ? textPlaces : {}),
        ...(nameless ? {} : cookiePlaces),
      }
      const one = plant(chance, kind, places)
      const secret = kind.core?.(one.value) ?? one.value
      return remains(written(redacted(one.exchange)), secret).length > 0 ? one : undefined
    }).filter((one) => one !== undefined)
    expect(tell('secrets removed', missed)).toBeGreaterThanOrEqual(goal)
  })

  test('what everybody may read stays as it is', () => {
    const chance = new Chance(seed + 1)
    const places = { ...wholePlaces, ...textPlaces }
    const missed = Array.from({ length: size }, (_, index) => {
      const one = plant(chance, readableKinds[index % readableKinds.length]!, places)
      return written(redacted(one.exchange)) === written(one.exchange) ? undefined : one
    }).filter((one) => one !== undefined)
    expect(tell('values left readable', missed)).toBeGreaterThanOrEqual(goal)
  })
})
