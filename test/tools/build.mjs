// Compiles src and rules into dist, from nothing. What it was made of is kept beside it, so that start.mjs can compare.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(new URL('../..', import.meta.url))
const compiler = join(here, 'node_modules/typescript/bin/tsc')
const bundler = join(here, 'test/tools/bundle.mjs')
/** Neither is among the files of the package. */
const mark = 'dist/made-of.txt'
const memory = 'dist/tsconfig.tsbuildinfo'

/** Whether dist is what these sources give. */
export function isBuilt(root = here) {
  try {
    return readFileSync(join(root, mark), 'utf8') === sources(root)
  } catch {
    return false
  }
}

/** Gives the exit code of the compiler, which says itself what is wrong. @param whole from nothing, else what changed */
export function build(whole, root = here) {
  if (whole) rmSync(join(root, 'dist'), { recursive: true, force: true })
  else removeOrphans(root)
  rmSync(join(root, mark), { force: true })
  const before = sources(root)
  const args = ['-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', memory]
  const { status } = spawnSync(process.execPath, [compiler, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const code = status === 0 ? putTogether(root) : (status ?? 1)
  if (code === 0) writeFileSync(join(root, mark), before)
  return code
}

function putTogether(root) {
  if (!existsSync(join(root, 'dist/src/cli.js'))) return 0
  const { status } = spawnSync(process.execPath, [bundler, root], { stdio: 'inherit' })
  return status ?? 1
}

/** A file that was deleted from the sources must not live on in dist. */
function removeOrphans(root) {
  const bare = (file) => file.replace(/(?:\.d)?\.[jt]s$/, '')
  const kept = new Set(filesIn(root, 'src', 'rules').map(bare))
  for (const file of filesIn(root, 'dist/src', 'dist/rules'))
    if (!kept.has(bare(file).slice('dist/'.length))) rmSync(join(root, file))
}

/** Every source with its size and when it was last written, a line each. */
function sources(root) {
  const files = ['tsconfig.json', 'package.json', ...filesIn(root, 'src', 'rules').sort()]
  const line = (file, path) => {
    const { mtimeMs, size } = statSync(path)
    return `${file} ${size} ${mtimeMs}\n`
  }
  const tools = ['build.mjs', 'bundle.mjs'].map((name) =>
    line(name, join(here, 'test/tools', name)),
  )
  return [...tools, ...files.map((file) => line(file, join(root, file)))].join('')
}

/** Paths from the root, with slashes. A folder may be missing. */
function filesIn(root, ...folders) {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map(
        (file) => `${folder}/${file.replaceAll('\\', '/')}`,
      ),
    )
    .filter((file) => /\.[jt]s$/.test(file))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = build(true)
