import type { FilterKey } from '../../src/core/filter/keys.ts'
import type { Fault } from '../../src/core/intercept/fault.ts'
import type { Rule } from '../../src/core/verdict/rule.ts'
import type { KeyLine } from '../../src/tui/keys/keys.ts'
import type { Results } from '../bench/draw.mjs'

interface Said {
  readonly rules: readonly Rule[]
  readonly faults: readonly Pick<Fault, 'id' | 'title' | 'rule' | 'expected'>[]
  readonly keys: readonly KeyLine[]
  readonly filterKeys: readonly Pick<FilterKey, 'example' | 'text'>[]
  readonly results: Results
}

export function readmeParts(said: Said): Record<string, string>
export function withParts(text: string, parts: Record<string, string>): string
