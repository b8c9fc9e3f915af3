import { describe, expect, test } from 'vitest'
import { show, type } from './showing.ts'

describe('comparing', () => {
  test('d shows what differs between the marked and the selected exchange, secrets as labels', async () => {
    const session = await show('login', { columns: 120, rows: 40 })
    await type(session, 'g', 'm', 'G', 'd')
    await session.until('Differences of #1 and #7')
    const text = session.text()
    for (const part of ['marked', 'selected', 'authorization', '+ Bearer ‹access_token:', '/error'])
      expect(text).toContain(part)
    await type(session, 'q')
    await session.until('Exchanges')
  })

  test('without a mark it says how', async () => {
    const session = await show('login')
    await type(session, 'd')
    await session.until('Mark an exchange with m, select another, then d')
    await type(session, 'm', 'd')
    await session.until('Select another, then d')
  })

  test('a comparison is copied with secrets masked, also while they are shown', async () => {
    const session = await show('login', { columns: 120, rows: 40 })
    await type(session, 'k', 'm', 'k', 'u', 'd', 'y', 'p')
    await session.until(() => session.clipboard.length > 0)
    expect(session.text()).toContain('SECRETS VISIBLE')
    expect(session.clipboard[0]).toContain('‹code_verifier:')
    expect(session.clipboard[0]).not.toContain('verifier-one-that')
  })
})

describe('sending again', () => {
  test('what is not to be sent again says why', async () => {
    const session = await show('login')
    await type(session, 'r')
    await session.until('#7 cannot be sent again. Only token requests are.')
  })

  test('it asks first, with what to know; then the new exchange is selected', async () => {
    const session = await show('login')
    await type(session, 'k', 'r')
    await session.until('Send #6 again?')
    expect(session.text()).toContain('Its code is spent.')
    // Enter takes the choice that does nothing.
    await type(session, '\r')
    expect(session.text()).not.toContain('was sent again')
    await type(session, 'r', 'y')
    await session.until('#6 was sent again: 400, as #8.')
    await session.until(/↻ +8/)
  })
})

describe('exporting', () => {
  test.each([
    ['h', 'har', 7],
    ['m', 'report', 7],
    ['j', 'jsonl', 7],
    ['i', 'sarif', 7],
    ['s', 'session', 7],
  ])('x %s saves as %s', async (key, kind, count) => {
    const session = await show('login')
    await type(session, 'x', key, '\x15', 'here', '\r')
    await session.until(`${kind} to here, ${count} of them`)
  })

  test('JSONL has the exchanges in the list, the others have all', async () => {
    const session = await show('login')
    await type(session, 'f', 'kind:token', '\r', 'x', 'j', '\x15', 'here', '\r')
    await session.until('jsonl to here, 1 of them')
    await type(session, 'x', 'h', '\x15', 'here', '\r')
    await session.until('har to here, 7 of them')
  })

  test('with nothing there yet it says so', async () => {
    const session = await show('empty')
    await type(session, 'x', 'h', '\r')
    await session.until('There is nothing to save yet.')
  })
})

describe('quitting', () => {
  test('asks when nothing has written the exchanges down, and not once they are saved', async () => {
    const session = await show('login', { env: { KEEPS: 'no' } })
    await type(session, 'Q')
    await session.until('7 exchanges would be lost')
    await type(session, 'n', 'Q', 's', '\x15', 'here.har', '\r')
    await session.until('har to here.har')
    session.type('Q')
    expect(await session.exit).toMatchObject({ code: 0 })
  })

  test('y quits all the same', async () => {
    const session = await show('login', { env: { KEEPS: 'no' } })
    await type(session, 'Q')
    session.type('y')
    expect(await session.exit).toMatchObject({ code: 0 })
  })

  test('C-c never asks', async () => {
    const session = await show('login', { env: { KEEPS: 'no' } })
    session.type('\x03')
    expect(await session.exit).toMatchObject({ code: 0 })
  })

  test('with nothing seen there is nothing to ask', async () => {
    const session = await show('empty', { env: { KEEPS: 'no' } })
    session.type('Q')
    expect(await session.exit).toMatchObject({ code: 0 })
  })
})

describe('the rest of the keys', () => {
  test('D asks before it clears the list', async () => {
    const session = await show('login')
    await type(session, 'D')
    await session.until('Clear the list?')
    await type(session, 'n')
    await session.until('7 ex')
    await type(session, 'D', 'y')
    await session.until('0 ex')
  })

  test('marks are gone to, and after the last comes the first', async () => {
    const session = await show('login')
    await type(session, 'g', 'm', 'j', 'j', 'm', 'G', "'")
    await session.until('1/7')
    await type(session, "'")
    await session.until('3/7')
  })

  test('S sorts the findings another way', async () => {
    const session = await show('login')
    await type(session, '3')
    await session.until('by severity')
    await type(session, 'S')
    await session.until('by count')
    await type(session, 'S')
    await session.until('by time')
  })

  test('J shows a body as it came, w lets long lines run out of the screen', async () => {
    const session = await show('login')
    await type(session, '\r')
    await session.until('"error": "invalid_token"')
    await type(session, 'J')
    await session.until('{"error":"invalid_token"')
    const lines = () => session.lines().filter((line) => line.includes('error="invalid_token"'))
    expect(lines().length).toBe(3)
    await type(session, 'w')
    expect(lines().length).toBe(2)
  })

  test('what was typed before is found again, and what was being typed is not lost', async () => {
    const session = await show('login')
    await type(session, 'f', 'kind:token', '\r', 'f', '\x15', 'status', '\x1b[A')
    await session.until('filter kind:token')
    await type(session, '\x1b[B')
    await session.until('filter status')
  })

  test('keys that were changed are the ones that act, and the ones that are told', async () => {
    const session = await show('login', { env: { AUTHTAP_KEYS: 'filter=F,follow=f,help=H' } })
    await session.until('H help')
    await session.until('F filter')
    await type(session, 'F', 'kind:token')
    await session.until('1 of 7 match')
  })
})
