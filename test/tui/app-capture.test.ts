import { describe, expect, test } from 'vitest'
import { show, type } from './showing.ts'

const CAPTURE = 'login.har'

describe('a finished capture', () => {
  test('says what file it is, and begins at what broke', async () => {
    const session = await show('login', { env: { CAPTURE } })
    await session.until('login.har')
    await session.until('6/7')
    expect(session.text()).toContain('1 List')
    expect(session.text()).not.toMatch(/LIVE|Waiting/)
  })

  test('cannot be paused, and says so', async () => {
    const session = await show('login', { env: { CAPTURE } })
    expect(session.lines().at(-1)).not.toContain('pause')
    await type(session, 'p')
    await session.until('This is a capture: no traffic comes in.')
  })

  test.each([
    ['1', 'the client asks for the metadata of the server'],
    ['2', 'the client asks the authorization server for its metadata'],
    ['3', 'the client registers or opens the browser'],
    ['4', 'the client opens the browser'],
    ['5', 'the browser comes back from the login'],
  ])('of %s exchanges it says where the login ends in it', async (SOME, ends) => {
    const session = await show('part', { columns: 120, env: { CAPTURE, SOME } })
    await session.until(`the capture ends before ${ends}`)
  })

  test('says how far it is read, and shows what there is meanwhile', async () => {
    const env = { CAPTURE, PROGRESS: 'Judging: 7 of 900 exchanges' }
    const session = await show('login', { env })
    await session.until('READ  Judging: 7 of 900 exchanges')
    await type(session, 'g', '\r')
    await session.until('#1  Request')
  })

  test('all of it is held, however much it is', async () => {
    const session = await show('many', { env: { CAPTURE, MANY: '6000' } })
    await session.until('6000 ex')
    await type(session, 'g', '\r')
    await session.until('"jsonrpc": "2.0"')
  })
})
