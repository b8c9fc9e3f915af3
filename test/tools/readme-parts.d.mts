import type { FilterKey } from '../../src/core/filter-keys.ts'
import type { Rule } from '../../src/core/rule.ts'
import type { keyTable } from '../../src/tui/model-keys.ts'

interface Said {
  readonly rules: readonly Rule[]
  readonly keyTable: typeof keyTable
  readonly filterKeys: readonly Pick<FilterKey, 'example' | 'text'>[]
}

export function readmeParts(said: Said): Record<string, string>
export function withParts(text: string, parts: Record<string, string>): string
