import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { type Options, parseOptions } from '../../src/shell/arguments.ts'

const parse = (...argv: string[]): Options =>
  parseOptions(argv, ['judging', 'rules', 'deciding', 'general'])

/** What is said of a mistake: the sentence and the hint. */
function said(...argv: string[]): readonly string[] {
  try {
    parse(...argv)
  } catch (error) {
    if (error instanceof UserError) return [error.message, error.hint]
    throw error
  }
  return []
}

describe('flags', () => {
  test('take their value after a space or an equals sign, whatever it begins with', () => {
    expect(parse('--output', 'x').text('output')).toBe('x')
    expect(parse('--output=x=y').text('output')).toBe('x=y')
    expect(parse('--output=').text('output')).toBe('')
    expect(parse('--output', '--har').text('output')).toBe('--har')
    expect(parse('--output', '-').text('output')).toBe('-')
  })

  test('stand before, between and after what is no flag', () => {
    const options = parse('a', '--checklist', '-', '--har', 'x', 'b')
    expect(options.positionals).toEqual(['a', '-', 'b'])
    expect([options.has('checklist'), options.text('har')]).toEqual([true, 'x'])
  })

  test('given twice: the last one counts, or all where it may be repeated', () => {
    expect(parse('--format', 'json', '--format', 'ndjson').text('format')).toBe('ndjson')
    expect(parse('--ignore', 'a', '--ignore=b').list('ignore')).toEqual(['a', 'b'])
  })

  test('have a default, and may be asked whether they were given', () => {
    expect([parse().text('format'), parse().has('format')]).toEqual(['text', false])
  })

  test('of one letter: -h and -V', () => {
    expect([parse('-h').has('help'), parse('-V').has('version')]).toEqual([true, true])
  })
})

test.each<[readonly string[], string, string]>([
  [['--formt', 'json'], 'There is no flag --formt.', 'Did you mean --format?'],
  [['--formt=json'], 'There is no flag --formt.', 'Did you mean --format?'],
  [['-format', 'json'], 'There is no flag -format.', 'Did you mean --format?'],
  [['-x'], 'There is no flag -x.', 'See authtap --help.'],
  [['--__proto__'], 'There is no flag --__proto__.', 'See authtap --help.'],
  [['--port', '1'], 'This command does not take --port.', 'See authtap --help.'],
  [['--output'], '--output needs a value, as in --output FILE.', 'See authtap --help.'],
  [['--checklist=no'], '--checklist takes no value.', 'Leave out =no.'],
  [['--format', 'xml'], '--format cannot be xml.', 'Give one of text, ndjson, json.'],
])('%j is refused with a sentence', (argv, sentence, hint) => {
  expect(said(...argv)).toEqual([sentence, hint])
})

test.each(['x', '', ' ', '-1', '65536', 'NaN', 'Infinity'])('%j is no port', (text) => {
  const options = parseOptions([`--port=${text}`], ['proxy'])
  expect(() => options.number('port', 0, 65_535)).toThrow('--port must be a number from 0 to 65535')
})
