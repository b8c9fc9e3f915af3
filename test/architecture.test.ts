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

/** Which layer a file is in: its folder, or for the files of src itself a name of its own. */
function layerOf(file: string): string {
  if (file.startsWith('rules/')) return 'rules'
  const [, folder, rest] = file.split('/')
  return rest === undefined ? 'shell' : folder!
}

/** Files of src itself that every layer outside the core may use. */
const shared = new Set(['src/errors.ts', 'src/version.ts'])
/** Files of src itself that taps or sinks may use beside the shared ones. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  rules: ['core'],
  tap: ['core', 'tap', 'src/state.ts'],
  sink: ['core', 'sink', 'src/folder.ts'],
  tui: ['core', 'tui'],
  demo: ['core', 'demo'],
  commands: ['core', 'tap', 'sink', 'tui', 'demo', 'commands', 'shell'],
  shell: ['core', 'tap', 'sink', 'tui', 'commands', 'shell'],
}

describe('imports run one way', () => {
  test.each(Object.keys(mayUse))('%s imports only what lies below it', (layer) => {
    const allowed = mayUse[layer]!
    const wrong = imports
      .filter(
        ({ from, to }) =>
          layerOf(from) === layer && (to.startsWith('src/') || to.startsWith('rules/')),
      )
      .filter(
        ({ to }) =>
          !allowed.includes(layerOf(to)) &&
          !allowed.includes(to) &&
          !(layer !== 'core' && layer !== 'rules' && shared.has(to)),
      )
      .map(({ from, to }) => `${from} → ${to}`)
    expect(wrong).toEqual([])
  })

  test('rules know the core through its kit alone', () => {
    const wrong = imports.filter(
      ({ from, to }) => from.startsWith('rules/') && to !== 'src/core/kit.ts',
    )
    expect(wrong).toEqual([])
  })

  test('commands are called by the command line alone', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        to.startsWith('src/commands/') && layerOf(from) === 'shell' && from !== 'src/cli.ts',
    )
    expect(wrong).toEqual([])
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
    undici: /^src\/tap\/transport\.ts$/,
    'http-proxy': /^src\/tap\/upgrade\.ts$/,
    ws: /^src\/sink\/live[a-z-]*\.ts$/,
    blessed: /^src\/tui\/term\/panes\.ts$/,
    pino: /^src\/log\.ts$/,
    jose: /^src\/(core\/jwt\.ts|demo\/.*)$/,
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
    const allowed = new Set(['node:crypto', 'node:zlib', 'node:buffer', 'jose', 'jsonc-parser'])
    const wrong = imports.filter(
      ({ from, to }) => from.startsWith('src/core/') && !to.startsWith('src/') && !allowed.has(to),
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
