import { describe, expect, test } from 'vitest'
import { createHash } from 'node:crypto'
import { Secrets } from '../../../../src/core/redact/find/secrets.ts'
import { jwt, key } from '../redaction.ts'

const numbered = (index: number) =>
  createHash('sha256').update(String(index)).digest('base64url').slice(0, 24)

function holding(values: readonly string[]): { secrets: Secrets; labels: string[] } {
  const secrets = new Secrets(key)
  return { secrets, labels: values.map((value) => secrets.remember('token', value).secret.label) }
}

describe('the secrets of a session', () => {
  test('are named by whoever learned them first', () => {
    const { secrets, labels } = holding([numbered(1)])
    expect(secrets.remember('code', numbered(1))).toMatchObject({
      secret: { kind: 'token', label: labels[0] },
      isNew: false,
    })
  })

  test('are found by the thousand in one text', () => {
    const values = Array.from({ length: 3000 }, (_, index) => numbered(index))
    const { secrets, labels } = holding(values)
    expect(secrets.replace(values.join(' '), false)).toBe(labels.join(' '))
  })

  test('are told apart though they begin alike, as the JWTs of one issuer do', () => {
    const values = Array.from({ length: 500 }, (_, index) =>
      jwt({ iss: 'https://as.example', aud: 'https://mcp.example/mcp', jti: index }),
    )
    const { secrets, labels } = holding(values)
    for (const [index, value] of values.entries()) {
      expect(secrets.replace(`(${value})`, false)).toBe(`(${labels[index]})`)
      const coded = Buffer.from(`x${value}`).toString('base64')
      expect(secrets.replace(coded, false)).toContain(labels[index])
    }
  })

  test('that contain one another are replaced by the longest', () => {
    const { secrets, labels } = holding([numbered(1), numbered(1) + numbered(2)])
    expect(secrets.replace(`${numbered(1)}, ${numbered(1)}${numbered(2)}`, false)).toBe(
      `${labels[0]}, ${labels[1]}`,
    )
  })

  test('are known under either of their spellings in a header field', () => {
    const { secrets, labels } = holding([`${numbered(1)}é漢`])
    const bytes = Buffer.from(`${numbered(1)}é漢`).toString('latin1')
    expect(secrets.remember('token', bytes).secret.label).toBe(labels[0])
    expect(secrets.replace(`x ${bytes}`, false)).toBe(`x ${labels[0]}`)
  })

  test('are forgotten when they are many and old, and have the same label when they come again', () => {
    const [x, y, z] = [numbered(-1), numbered(-2), numbered(-3)]
    const { secrets, labels } = holding([numbered(0), numbered(1), `${x}${y}`, `${y}${z}`])
    for (let index = 2; index < 60_000; index += 1) {
      secrets.remember('token', numbered(index))
      // This one is used all the time.
      if (index % 1000 === 0) secrets.remember('token', numbered(1))
    }
    expect([...secrets.all()].length).toBeLessThanOrEqual(50_000)
    expect(secrets.behind(labels[0]!)).toBe(undefined)
    // What it was like is forgotten; what it is called is not.
    expect(secrets.replace(numbered(0), false)).toBe(labels[0])
    expect(secrets.replace(numbered(1), false)).toBe(labels[1])
    expect(secrets.replace(`(${x}${y}${z})`, false)).toBe(`(${labels[2]})`)
    expect(secrets.find(`"${numbered(59_999)}"`)?.kind).toBe('token')
    expect(secrets.remember('token', numbered(0)).secret.label).toBe(labels[0])
  })

  test('are forgotten sooner when they are long', () => {
    const { secrets, labels } = holding(['first-of-all'])
    for (let index = 0; index < 400; index += 1)
      secrets.remember('token', numbered(index).repeat(2000))
    expect(secrets.behind(labels[0]!)).toBe(undefined)
    expect([...secrets.all()].length).toBeLessThan(400)
  })
})

test('a secret is found in hexadecimal digits, and as part of a host name, which has no capitals', () => {
  const value = ['kX9vB2', 'mQ7rT4', 'wZ8pL1'].join('')
  const { secrets, labels } = holding([value])
  const hex = Buffer.from(value).toString('hex')
  expect(secrets.replace(`key=${hex};`, false)).toBe(`key=${labels[0]};`)
  expect(secrets.replace(hex.toUpperCase(), false)).toBe(labels[0])
  expect(secrets.replace(`https://${value.toLowerCase()}.mcp.example/`, false)).toBe(
    `https://${labels[0]}.mcp.example/`,
  )
})
