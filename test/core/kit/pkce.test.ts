import fc from 'fast-check'
import { expect, test } from 'vitest'
import { s256 } from '../../../src/core/wire/hash.ts'
import { pkceDefect } from '../../../src/core/kit/pkce.ts'

test('a challenge that is the S256 of its verifier has no defect, whatever the verifier', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (verifier) => {
      expect(pkceDefect(verifier, s256(verifier))).toBeUndefined()
    }),
  )
})

test('the example of RFC 7636 Appendix B fits', () => {
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  expect(pkceDefect(verifier, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')).toBeUndefined()
})

test('what nothing explains is not explained', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string(), (verifier, other) => {
      fc.pre(verifier !== other)
      expect(pkceDefect(verifier, s256(`other ${other}`))).toBeUndefined()
    }),
  )
})

test('malformed escapes do no harm', () => {
  expect(pkceDefect('100%', s256('100%25'))).toBe('double-decoded')
  expect(pkceDefect('%E0%A4%A', s256('x'))).toBeUndefined()
})
