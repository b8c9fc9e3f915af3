import { beforeAll, describe, expect, test } from 'vitest'
import { open, type Session } from '../harness.ts'
import { demoScript } from './demo.ts'

const prompt = 'READY>'

/** A shell with job control, and the program in its foreground. */
async function shellWithDemo(): Promise<Session> {
  const session = open(['bash', '--norc', '--noprofile', '-i'], {
    columns: 80,
    rows: 14,
    env: { PS1: prompt, NODE: process.execPath, DEMO: demoScript() },
  })
  await session.until(prompt)
  session.type('"$NODE" "$DEMO"\r')
  await session.until('Q quit')
  return session
}

async function expectStopped(session: Session): Promise<void> {
  await session.until(/Stopped[^]*READY>$/)
  expect(session.modes()).toMatchObject({
    alternate: false,
    mouse: false,
    wrap: true,
    cursor: true,
  })
}

async function expectBack(session: Session, key: string): Promise<void> {
  await session.until('Q quit')
  expect(session.modes()).toMatchObject({
    alternate: true,
    mouse: true,
    wrap: false,
    cursor: false,
  })
  session.type(key)
  await session.until(`key ${key}`)
}

async function quit(session: Session): Promise<void> {
  session.type('Q')
  await session.until('the summary')
  await session.until(new RegExp(`the summary\\s+${prompt}$`))
  session.type('exit\r')
  await session.exit
}

beforeAll(() => void demoScript())

describe('job control', () => {
  test('C-z gives the shell back, and fg the screen', async () => {
    const session = await shellWithDemo()
    session.type('\x1a')
    await expectStopped(session)
    session.type('echo $((6*7))\r')
    await session.until('42')
    session.type('fg\r')
    await expectBack(session, 'j')
    session.type('\x1a')
    await expectStopped(session)
    session.type('fg\r')
    await expectBack(session, 'a')
    await quit(session)
  })

  test('SIGTSTP from elsewhere does the same', async () => {
    const session = await shellWithDemo()
    session.type('Z')
    await expectStopped(session)
    session.type('fg\r')
    await expectBack(session, 'a')
    await quit(session)
  })

  test('in the background the process runs on and paints nothing, until fg', async () => {
    const session = await shellWithDemo()
    session.type('\x1a')
    await expectStopped(session)
    session.type('bg\r')
    await session.until('&')
    session.type('jobs\r')
    await session.until('Running')
    session.type('echo $((6*7))\r')
    await session.until('42')
    expect(session.modes()).toMatchObject({ alternate: false, mouse: false })
    session.type('fg\r')
    await expectBack(session, 'j')
    await quit(session)
  })

  test('a stop that nobody told of is mended when the process goes on', async () => {
    const session = await shellWithDemo()
    session.type('S')
    await session.until(/Stopped[^]*READY>$/)
    session.type('fg\r')
    await expectBack(session, 'j')
    await quit(session)
  })

  test('where there is no shell to stop for, C-z only draws the screen anew', async () => {
    const session = open([process.execPath, demoScript()], { columns: 80, rows: 14 })
    await session.until('Q quit')
    session.type('\x1a')
    await session.until(() => session.written.split('\x1b[?1049h').length === 3)
    await expectBack(session, 'j')
  })
})
