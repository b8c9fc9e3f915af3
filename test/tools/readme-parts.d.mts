import type { Rule } from '../../src/core/rule.ts'

export function readmeParts(rules: readonly Rule[]): Record<string, string>
export function withParts(text: string, parts: Record<string, string>): string
