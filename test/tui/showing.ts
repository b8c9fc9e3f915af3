import { open, type OpenOptions, type Session } from './harness.ts'
import { compile } from './term/compile.ts'

const program = compile('test/tui/fixtures/session.ts')

/** The terminal UI on one of the scenes of the fixture. */
export async function show(scene: string, options: OpenOptions = {}): Promise<Session> {
  const env = { SCENE: scene, TZ: 'UTC', ...options.env }
  const session = open([process.execPath, program], { columns: 100, rows: 30, ...options, env })
  await session.until(/[12] Li(ve|st)/)
  await session.quiet()
  return session
}

/** Types keys one after the other, each once the screen is quiet. */
export async function type(session: Session, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const before = session.written.length
    session.type(key)
    // Not every key changes the screen; an escape is told from a sequence by what does not follow it.
    const asked = performance.now()
    await session.until(() => session.written.length > before || performance.now() - asked > 400)
    await session.quiet()
  }
}
