import { describe, expect, test } from 'vitest'
import { demoFaults } from '../../src/demo/faults.ts'
import { run } from '../command.ts'

const help = async (command: string) => (await run([command, '--help'])).stdout

describe('the help of a command', () => {
  test.each(['analyze', 'sessions', 'attach', 'report', 'redact', 'explain', 'rules', 'demo'])(
    'has an example: %s',
    async (command) => {
      expect(await help(command)).toMatch(new RegExp(`^Example: authtap ${command} \\S`, 'm'))
    },
  )

  test('says with which codes it exits', async () => {
    expect(await help('analyze')).toContain('Exit code: 0 a client got through; 1 ')
    for (const command of ['report', 'redact', 'explain', 'sessions'])
      expect(await help(command)).toContain('Exit code: 0 it did its work')
    expect(await help('rules')).toContain('exits with 1 when an example does not hold')
  })

  test.each([
    ['explain', ['ignore', 'revision', 'quiet-period', 'list-keys']],
    ['rules', ['ignore', 'revision', 'quiet-period', 'list-keys']],
    ['report', ['list-keys']],
    ['sessions', ['list-keys']],
  ])('has no flag that would mean nothing, and the command takes none: %s', async (name, flags) => {
    const text = await help(name)
    for (const flag of flags) expect(text).not.toContain(`--${flag}`)
    const { code, stderr } = await run([name, `--${flags[0]!}`])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('does not take') as string,
    })
  })

  test('lists the faults of the demo, and so does a fault that is none', async () => {
    const text = await help('demo')
    const { code, stderr } = await run(['demo', 'wrong-audiense'])
    expect(code).toBe(2)
    expect(stderr).toContain('Did you mean wrong-audience?')
    for (const { name, summary } of demoFaults) {
      expect(text).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, 'm'))
      expect(stderr).toContain(name)
    }
  })
})
