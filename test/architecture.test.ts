/** The sources as a whole: who imports whom, how files are named, how long they are. */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const sources = ['src', 'rules'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name))),
)

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gms,
  )
  return [...statements].map(([, typeOnly, named, dynamic]) => {
    const name = (named ?? dynamic)!
    const to = name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name
    return { from: file, to, typeOnly: typeOnly !== undefined }
  })
}

const imports = sources.flatMap(importsOf)

/** Which folder's rules hold for a file: the innermost that the table names; a file of src itself has a place of its own. */
function roomOf(file: string): string {
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder))
    if (folder in mayUse) return folder
  return file
}

/** Files that everything outside the core may use. */
const shared = ['src/errors.ts', 'src/version.ts']

/**
 * What each folder may import beside itself: folders with what is in them, or single files. Whoever adds a line here says
 * that data may flow this way.
 */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  'src/core/wire': [],
  'src/core/challenge': ['src/core/wire/parse-url.ts'],
  'src/core/providers': ['src/core/wire'],
  'src/core/redact/find': ['src/core/wire'],
  'src/core/redact/walk': ['src/core/redact/find', 'src/core/wire'],
  'src/core/redact': ['src/core/verdict', 'src/core/wire', 'src/core/redact'],
  'src/core/step': ['src/core/challenge', 'src/core/wire'],
  'src/core/flow': ['src/core/step', 'src/core/wire', 'src/core/verdict/report.ts'],
  'src/core/kit': [
    'src/core/flow',
    'src/core/providers',
    'src/core/step',
    'src/core/verdict',
    'src/core/wire',
  ],
  'src/core/verdict': [
    'src/core/clients',
    'src/core/providers',
    'src/core/flow',
    'src/core/step',
    'src/core/wire',
  ],
  'src/core/diff': [
    'src/core/challenge',
    'src/core/flow',
    'src/core/step',
    'src/core/verdict',
    'src/core/wire',
  ],
  'src/core/filter': ['src/core/step', 'src/core/verdict', 'src/core/wire'],
  'src/core/intercept': [
    'src/core/filter',
    'src/core/step',
    'src/core/verdict/report.ts',
    'src/core/wire',
  ],
  'src/core/har': ['src/core/step', 'src/core/verdict', 'src/core/wire'],
  'src/core/transcript': ['src/core/wire'],
  'src/core': ['src/core'],
  rules: ['src/core/kit.ts'],
  'src/tap/wire': [
    'src/core/intercept/message.ts',
    'src/core/wire',
    'src/tap/notices.ts',
    'src/state.ts',
  ],
  'src/tap/identity': ['src/core/wire', 'src/tap/wire', 'src/tap/notices.ts', 'src/state.ts'],
  'src/tap/browser': [
    'src/core/intercept',
    'src/core/wire',
    'src/tap/wire',
    'src/tap/identity',
    'src/tap',
  ],
  'src/tap/capture': ['src/core'],
  'src/tap/probe': ['src/core/challenge', 'src/core/wire', 'src/tap/wire', 'src/tap/probe'],
  'src/tap/probe/login': ['src/core/wire', 'src/tap/wire', 'src/tap/probe'],
  'src/tap': ['src/core/intercept', 'src/core/wire', 'src/tap', 'src/state.ts'],
  'src/sink/file': ['src/core', ...inSrc('folder', 'part-file')],
  'src/sink/live': ['src/core', 'src/sink/ndjson'],
  'src/sink/ndjson': ['src/core'],
  'src/sink/report': ['src/core', 'src/sink/report'],
  'src/sink/text': ['src/core', 'src/sink/report'],
  'src/tui/keys': [],
  'src/tui/term': ['src/core/wire'],
  'src/tui/model': ['src/core', 'src/tui/keys', 'src/tui/term'],
  'src/tui/command': ['src/core', 'src/tui/keys', 'src/tui/model', 'src/tui/term'],
  'src/tui/view': ['src/core', 'src/tui/keys', 'src/tui/model', 'src/tui/term'],
  'src/tui': ['src/core', 'src/tui'],
  'src/demo': ['src/core'],
  'src/faults': ['src/core/intercept/fault.ts'],
  'src/gauntlet': ['src/core'],
  'src/shell': [
    'src/core',
    'src/tap',
    'src/sink',
    'src/tui',
    ...inSrc('run', 'telling', 'options', 'state', 'rules', 'faults', 'log', 'folder'),
  ],
  'src/commands': [
    'src/core',
    'src/tap',
    'src/sink',
    'src/demo',
    'src/gauntlet',
    'src/shell',
    ...inSrc('run', 'telling', 'options', 'state', 'rules', 'faults'),
  ],
  'src/cli.ts': ['src/core', 'src/commands', 'src/shell'],
  'src/index.ts': ['src/core', 'src/rules.ts'],
  'src/run.ts': ['src/core', 'src/telling.ts'],
  'src/telling.ts': ['src/core'],
  'src/options.ts': ['src/core', ...inSrc('check-flags', 'intercept-flags', 'public-flags')],
  'src/check-flags.ts': [],
  'src/intercept-flags.ts': [],
  'src/public-flags.ts': [],
  'src/rules.ts': ['src/core', 'src/own-rules.ts'],
  'src/own-rules.ts': ['src/core'],
  'src/faults.ts': ['src/core'],
  'src/log.ts': ['src/core'],
  'src/state.ts': inSrc('folder', 'part-file'),
  'src/errors.ts': [],
  'src/folder.ts': [],
  'src/part-file.ts': [],
  'src/version.ts': [],
}

function inSrc(...names: readonly string[]): string[] {
  return names.map((name) => `src/${name}.ts`)
}

function mayImport(from: string, to: string): boolean {
  const room = roomOf(from)
  if (roomOf(to) === room) return true
  const allowed = [...mayUse[room]!, ...(room.startsWith('src/core') ? [] : shared)]
  return allowed.some((place) => to === place || to.startsWith(`${place}/`))
}

describe('imports run one way', () => {
  test('every file has a place in the table, and the table no place without files', () => {
    expect(sources.filter((file) => !(roomOf(file) in mayUse))).toEqual([])
    const rooms = new Set(sources.map(roomOf))
    expect(Object.keys(mayUse).filter((room) => !rooms.has(room))).toEqual([])
  })

  test.each(Object.keys(mayUse))('%s imports only what the table allows', (room) => {
    const wrong = imports
      .filter(({ from, to }) => roomOf(from) === room && /^(src|rules)\//.test(to))
      .filter(({ from, to }) => !mayImport(from, to))
      .map(({ from, to }) => `${from} → ${to}`)
    expect(wrong).toEqual([])
  })

  test('every line of the table is used', () => {
    const unused = Object.entries(mayUse).flatMap(([room, places]) =>
      places
        .filter(
          (place) =>
            !imports.some(
              ({ from, to }) =>
                roomOf(from) === room && (to === place || to.startsWith(`${place}/`)),
            ),
        )
        .map((place) => `${room} → ${place}`),
    )
    expect(unused).toEqual([])
  })

  test('no file imports itself through others', () => {
    const edges = new Map<string, string[]>()
    for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to])
    const state = new Map<string, 'open' | 'done'>()
    const circles: string[] = []
    const visit = (file: string, path: readonly string[]) => {
      if (state.get(file) === 'done') return
      if (state.get(file) === 'open') {
        circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
        return
      }
      state.set(file, 'open')
      for (const next of edges.get(file) ?? []) visit(next, [...path, file])
      state.set(file, 'done')
    }
    for (const file of sources) visit(file, [])
    expect(circles).toEqual([])
  })
})

describe('one door a library', () => {
  const doors: Readonly<Record<string, RegExp>> = {
    undici: /^src\/tap\/wire\/transport\.ts$/,
    'http-proxy': /^src\/tap\/wire\/upgrade\.ts$/,
    ws: /^src\/sink\/live\/[a-z-]*\.ts$/,
    blessed: /^src\/tui\/term\/panes\.ts$/,
    diff: /^src\/tui\/model\/diff-lines\.ts$/,
    pino: /^src\/log\.ts$/,
    '@peculiar/asn1-schema': /^src\/tap\/wire\/session-certificate\.ts$/,
    '@peculiar/asn1-x509': /^src\/tap\/wire\/session-certificate\.ts$/,
    jose: /^src\/(core\/wire\/(jwt|verify)\.ts|demo\/.*)$/,
  }

  test.each(Object.keys(doors))('%s is imported at its door only', (library) => {
    const wrong = imports.filter(
      ({ from, to }) =>
        (to === library || to.startsWith(`${library}/`)) && !doors[library]!.test(from),
    )
    expect(wrong).toEqual([])
  })
})

describe('the core is pure', () => {
  test('it imports nothing that does I/O', () => {
    const allowed = new Set([
      'node:crypto',
      'node:zlib',
      'node:buffer',
      'node:v8',
      'jose',
      'jsonc-parser',
    ])
    const wrong = imports.filter(
      ({ from, to, typeOnly }) =>
        from.startsWith('src/core/') && !typeOnly && !to.startsWith('src/') && !allowed.has(to),
    )
    expect(wrong).toEqual([])
  })

  test('it reads no clock and rolls no dice', () => {
    const wrong = sources
      .filter((file) => file.startsWith('src/core/') || file.startsWith('rules/'))
      .filter((file) =>
        /Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|randomBytes|randomUUID|process\./.test(
          readFileSync(join(root, file), 'utf8'),
        ),
      )
    expect(wrong).toEqual([])
  })
})

describe('the sources are easy to read', () => {
  test('no folder holds more than 30 files', () => {
    const counts = new Map<string, number>()
    for (const file of sources) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
    expect([...counts].filter(([, count]) => count > 30)).toEqual([])
  })

  test('no file is longer than 300 lines', () => {
    const long = sources.filter(
      (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 301,
    )
    expect(long).toEqual([])
  })

  test('files are named in kebab case, after what they hold', () => {
    const wrong = sources.filter((file) => !/^[a-z0-9-]+\.ts$/.test(file.split('/').at(-1)!))
    expect(wrong).toEqual([])
    expect(
      sources.filter((file) =>
        /(^|[-/])(utils?|helpers?|common|manager|service)([-.]|$)/.test(file),
      ),
    ).toEqual([])
  })

  test('no source holds a token-like string', () => {
    const wrong = sources.filter((file) =>
      /eyJ[A-Za-z0-9_-]{20,}\.|gh[op]_[A-Za-z0-9]{30,}|ya29\.[A-Za-z0-9_-]{20,}/.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    )
    expect(wrong).toEqual([])
  })
})

test('only the command line ends the process', () => {
  const wrong = sources.filter(
    (file) =>
      file !== 'src/cli.ts' && /process\.exit\(/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(wrong).toEqual([])
})
