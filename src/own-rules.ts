import type { Rule } from './core/verdict/rule.ts'

/**
 * All rules that come with authtap at once. Undefined where each is loaded from its file: only the build, which puts the
 * program together in a few files, fills this in (`test/tools/bundle.mjs`), for opening 160 files takes longer than all else
 * at the start.
 */
export const together: (() => Promise<readonly Rule[]>) | undefined = undefined
