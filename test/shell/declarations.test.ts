import { expect, test } from 'vitest'
import { readDeclarations } from '../../src/shell/declarations.ts'

test('reads types, functions and constants with what is said of them', () => {
  const text = `import type { A } from './a.ts';
/** A part of it. */
export interface Part<Kind> extends Whole<'x'>, Other {
    readonly kind: Kind;
    /**
     * What went wrong,
     * if anything did.
     */
    readonly error: {
        readonly code: number;
    } | undefined;
}
export declare class Holder {
    #private;
    /** How many. */
    get size(): number;
    take(one: {
        name: string;
    }): void;
}
/** Either. */
export type Either = 'a' | 'b';
export declare const nothing: number;
/** Does it. */
export declare function does(value: string): boolean;
`
  const declared = readDeclarations(text)
  expect(declared.map(({ name, about, head }) => [name, about, head])).toEqual([
    ['Part', 'A part of it.', "interface Part<Kind> extends Whole<'x'>, Other"],
    ['Holder', '', 'class Holder'],
    ['Either', 'Either.', "type Either = 'a' | 'b'"],
    ['nothing', '', 'const nothing: number'],
    ['does', 'Does it.', 'function does(value: string): boolean'],
  ])
  expect(declared[0]!.members).toEqual([
    { text: 'readonly kind: Kind', about: '' },
    {
      text: 'readonly error: { readonly code: number } | undefined',
      about: 'What went wrong,\nif anything did.',
    },
  ])
  expect(declared[1]!.members.map((member) => member.text)).toEqual([
    '#private',
    'get size(): number',
    'take(one: { name: string }): void',
  ])
})
