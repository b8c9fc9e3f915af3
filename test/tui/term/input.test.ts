import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InputEvent } from '../../../src/tui/term/input-event.ts'
import { Decoder } from '../../../src/tui/term/input.ts'

/** The events of several reads, and of the pause after them. */
function decode(...reads: (string | Uint8Array)[]): InputEvent[] {
  const decoder = new Decoder()
  const events = reads.flatMap((read) => decoder.feed(Buffer.from(read as string)))
  return [...events, ...decoder.flush()]
}

/** Events in short: names of keys, and the kinds of the rest. */
function short(events: readonly InputEvent[]): string[] {
  return events.map((event) => {
    switch (event.kind) {
      case 'key':
        return event.key
      case 'mouse':
        return `${event.action}-${event.button}@${event.x},${event.y}`
      case 'wheel':
        return `wheel${event.n}@${event.x},${event.y}`
      case 'paste':
        return `paste(${event.text})`
      case 'background':
        return event.light ? 'light' : 'dark'
      case 'focus':
        return `focus-${event.focused}`
    }
  })
}

const keys = (...reads: (string | Uint8Array)[]) => short(decode(...reads))

describe('keys have one name each', () => {
  test.each([
    ['j', 'j'],
    ['J', 'J'],
    ['?', '?'],
    [' ', 'space'],
    ['\r', 'enter'],
    ['\n', 'enter'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\b', 'backspace'],
    ['\x03', 'C-c'],
    ['\x1a', 'C-z'],
    ['\x0c', 'C-l'],
    ['\x00', 'C-space'],
    ['\x1c', 'C-\\'],
    ['\x1b', 'escape'],
    ['é', 'é'],
    ['😀', '😀'],
    ['\x1b[A', 'up'],
    ['\x1bOB', 'down'],
    ['\x1b[H', 'home'],
    ['\x1b[1~', 'home'],
    ['\x1b[7~', 'home'],
    ['\x1b[4~', 'end'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[6~', 'pagedown'],
    ['\x1b[3~', 'delete'],
    ['\x1b[Z', 'S-tab'],
    ['\x1bOP', 'f1'],
    ['\x1b[11~', 'f1'],
    ['\x1b[[A', 'f1'],
    ['\x1b[15~', 'f5'],
    ['\x1b[17~', 'f6'],
    ['\x1b[24~', 'f12'],
    ['\x1bOM', 'enter'],
    ['\x1b[1;5A', 'C-up'],
    ['\x1b[1;2D', 'S-left'],
    ['\x1b[3;3~', 'M-delete'],
    ['\x1b[1;6H', 'C-S-home'],
  ])('%j is %s', (bytes, key) => expect(keys(bytes)).toEqual([key]))

  test('what a key types comes with it', () => {
    expect(decode('a')).toEqual([{ kind: 'key', key: 'a', text: 'a' }])
    expect(decode(' ')).toEqual([{ kind: 'key', key: 'space', text: ' ' }])
    expect(decode('\x1b[A')).toEqual([{ kind: 'key', key: 'up' }])
  })

  test('keys of the kitty keyboard protocol have the same names', () => {
    expect(keys('\x1b[97;6u')).toEqual(['C-S-a'])
    expect(keys('\x1b[99;5u')).toEqual(['C-c'])
    expect(keys('\x1b[27u')).toEqual(['escape'])
    expect(keys('\x1b[13u\x1b[9;2u\x1b[127u\x1b[32u')).toEqual([
      'enter',
      'S-tab',
      'backspace',
      'space',
    ])
    expect(keys('\x1b[97;2u\x1b[49:33;2u')).toEqual(['A', '!'])
    expect(keys('\x1b[57414u\x1b[57400u\x1b[57417u')).toEqual(['enter', '1', 'left'])
  })

  test('a key let go, a key of the window system and a lone modifier are nothing', () => {
    expect(keys('\x1b[97;1:3u\x1b[97;9u\x1b[57441u\x1b[55296u\x1b[1114112u')).toEqual([])
  })

  test('keys of modifyOtherKeys have the same names', () => {
    expect(keys('\x1b[27;5;105~\x1b[27;6;97~')).toEqual(['C-i', 'C-S-a'])
  })
})

describe('nothing in one read is lost', () => {
  test('keys typed ahead', () =>
    expect(keys('jjk\x1b[A\r')).toEqual(['j', 'j', 'k', 'up', 'enter']))

  test('a key, the wheel and the focus', () => {
    expect(keys('j\x1b[<65;3;4M\x1b[Ik')).toEqual(['j', 'wheel1@2,3', 'focus-true', 'k'])
  })

  test('escape and the key after it', () => {
    expect(keys('\x1bq')).toEqual(['escape', 'q'])
    expect(keys('\x1b\x1b[A')).toEqual(['escape', 'up'])
    expect(keys('\x1b\x1b')).toEqual(['escape', 'escape'])
  })
})

describe('what is cut by a read is put together', () => {
  test('an arrow over a slow line is one key', () => {
    expect(keys('\x1b', '[', 'A')).toEqual(['up'])
    expect(keys('\x1b[1;', '5', 'A')).toEqual(['C-up'])
    expect(keys('\x1bO', 'P')).toEqual(['f1'])
  })

  test('so is a character of several bytes', () => {
    const bytes = Buffer.from('é日😀')
    expect(keys(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(['é', '日', '😀'])
  })

  test('the decoder says what it waits for', () => {
    const decoder = new Decoder()
    decoder.feed(Buffer.from('a'))
    expect(decoder.waiting).toBeUndefined()
    decoder.feed(Buffer.from('\x1b'))
    expect(decoder.waiting).toBe('escape')
    decoder.feed(Buffer.from('['))
    expect(decoder.waiting).toBe('sequence')
    expect(decoder.flush()).toEqual([])
    expect(decoder.waiting).toBeUndefined()
    expect(short(decoder.feed(Buffer.from('j')))).toEqual(['j'])
  })

  test('however the bytes are cut, the events are the same', () => {
    const piece = fc.constantFrom(
      'j',
      'é',
      '😀',
      '\x1b[A',
      '\x1bOP',
      '\x1b[<0;3;4M',
      '\x1b[<0;3;4m',
      '\x1b[97;6u',
      '\x1b[200~rm -rf\r\x1b[201~',
      '\x1b]11;rgb:0000/0000/0000\x1b\\',
      '\x1b[?62;22c',
      '\x1b[I',
      '\x1b[[B',
      '\x1b[M !!',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(9)), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''))
        const reads: Uint8Array[] = []
        let at = 0
        for (const length of cuts) {
          reads.push(bytes.subarray(at, at + length))
          at += length
        }
        reads.push(bytes.subarray(at))
        expect(keys(...reads)).toEqual(pieces.flatMap((one) => keys(one)))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the mouse', () => {
  test('is pressed, let go and moved, counted from 0', () => {
    expect(keys('\x1b[<0;1;1M', '\x1b[<0;10;5m', '\x1b[<2;3;3M', '\x1b[<35;2;2M')).toEqual([
      'press-left@0,0',
      'release-left@9,4',
      'press-right@2,2',
      'move-none@1,1',
    ])
  })

  test('turns its wheel five notches in one event', () => {
    expect(keys('\x1b[<65;3;4M'.repeat(5))).toEqual(['wheel5@2,3'])
    expect(keys('\x1b[<64;3;4M'.repeat(2) + '\x1b[<65;3;4M')).toEqual(['wheel-2@2,3', 'wheel1@2,3'])
    expect(keys('\x1b[<65;3;4M\x1b[<65;40;4M')).toEqual(['wheel1@2,3', 'wheel1@39,3'])
  })

  test('is understood where the terminal knows the old reports only', () => {
    expect(keys('\x1b[M !"')).toEqual(['press-left@0,1'])
    expect(keys('\x1b[M#!"')).toEqual(['release-none@0,1'])
    expect(keys('\x1b[Ma!"')).toEqual(['wheel1@0,1'])
  })

  test('beyond the screen, sideways or with a button nobody has is nothing', () => {
    expect(keys('\x1b[<0;0;1M\x1b[<66;1;1M\x1b[<128;1;1M\x1b[<;;M')).toEqual([])
  })
})

describe('a paste', () => {
  test('is one event, and none of its characters is a key', () => {
    expect(keys('a\x1b[200~dq\rQ\x1b[201~b')).toEqual(['a', 'paste(dq\nQ)', 'b'])
  })

  test('is the same in pieces', () => {
    expect(keys('\x1b[200~d', 'q\x1b[2', '01~b')).toEqual(['paste(dq)', 'b'])
  })

  test('that holds an end of its own does not break out of it', () => {
    expect(keys('\x1b[200~one\x1b[201~dQ\r\x1b[201~j')).toEqual(['paste(onedQ\n)', 'j'])
  })

  test('after another is an event of its own', () => {
    expect(keys('\x1b[200~one\x1b[201~\x1b[200~two\x1b[201~')).toEqual(['paste(one)', 'paste(two)'])
  })

  test('comes out safe, its lines and tabs kept', () => {
    expect(keys('\x1b[200~a\r\nb\tc\x1b[31m\u009b2J\u202e\x1b[201~')).toEqual([
      'paste(a\nb\tc␛[31m\\x9b2J\\u{202e})',
    ])
  })

  test('whose end is late is waited for, however long', () => {
    const decoder = new Decoder()
    decoder.feed(Buffer.from('\x1b[200~d'))
    expect(decoder.waiting).toBeUndefined()
    expect(decoder.flush()).toEqual([])
    expect(short(decoder.feed(Buffer.from('Q\x1b[201~')))).toEqual(['paste(dQ)'])
  })

  test('whose end got lost is ended by C-c', () => {
    const decoder = new Decoder()
    decoder.feed(Buffer.from('\x1b[200~dQ'))
    expect(short(decoder.feed(Buffer.from('\x03')))).toEqual(['paste(dQ)', 'C-c'])
  })

  test('of more than a megabyte is cut, and what follows it is read', () => {
    const [paste, key] = decode(`\x1b[200~${'x'.repeat(3_000_000)}\x1b[201~j`)
    expect(paste).toMatchObject({ kind: 'paste', text: 'x'.repeat(1024 * 1024) })
    expect(key).toMatchObject({ key: 'j' })
  })
})

test.each([
  ['dark', '\x1b]11;rgb:1111/2222/3333\x1b\\'],
  ['light', '\x1b]11;rgb:ffff/ffff/dddd\x07'],
  ['light', '\x1b]11;rgba:f/f/d/8\x07'],
  ['dark', '\x1b]11;rgb:00/00/ff\x07'],
])('the colour of the background is %s', (colour, reply) => {
  expect(short(decode(reply))).toEqual([colour])
  expect(short(decode(reply.slice(0, 9), reply.slice(9), 'j'))).toEqual([colour, 'j'])
})

describe('what nobody pressed is nothing', () => {
  test.each([
    ['the colour of the text', '\x1b]10;rgb:1111/2222/3333\x1b\\'],
    ['a colour that is none', '\x1b]11;blue\x1b\\'],
    ['what the terminal is', '\x1b[?64;1;2c'],
    ['where the cursor is', '\x1b[12;40R'],
    ['whether a mode is set', '\x1b[?2026;2$y'],
    ['the version', '\x1bP>|xterm(390)\x1b\\'],
    ['an unknown sequence', '\x1b[99;99;99$x'],
    ['a sequence without end', `\x1b[${'1;'.repeat(5000)}`],
    ['bytes that are no UTF-8', '\u0085'],
  ])('%s', (_, bytes) => expect(keys(bytes)).toEqual([]))

  test('nor are bytes that are not UTF-8, and the key after them is one', () => {
    expect(keys(Uint8Array.of(0xff, 0xc3, 0x6a))).toEqual(['j'])
    expect(keys(Uint8Array.of(0xed, 0xa0, 0x80, 0x6a))).toEqual(['j'])
    expect(keys(Uint8Array.of(0x9b, 0x6a))).toEqual(['j'])
  })

  test('a reply that never ends holds keys up no longer than the pause after it', () => {
    const decoder = new Decoder()
    expect(short(decoder.feed(Buffer.from('\x1b]11;rgb:')))).toEqual([])
    expect(decoder.waiting).toBe('sequence')
    decoder.flush()
    expect(short(decoder.feed(Buffer.from('j')))).toEqual(['j'])
  })

  test('a reply that is broken off by a key ends there', () => {
    expect(keys('\x1b]11;rgb:\x1b[Aj')).toEqual(['up', 'j'])
    expect(keys('\x1b]\x1b[A')).toEqual(['up'])
  })
})

test('any bytes at all are read to their end without an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (reads) => {
      const decoder = new Decoder()
      for (const read of reads) decoder.feed(read)
      decoder.flush()
      decoder.feed(Buffer.from('\x1b[201~\x18'))
      const after = short(decoder.feed(Buffer.from('j')))
      expect(after.at(-1)).toBe('j')
    }),
    { numRuns: 3000 },
  )
})
