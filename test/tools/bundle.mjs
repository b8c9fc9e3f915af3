// Puts the compiled program together in a few files, dist/src/bundle, and lets dist/src/cli.js start it from there: to
// open some 500 files takes longer than all else at the start. The files that it is made of stay where they are, for who
// imports them: `bundle.mjs [ROOT]`.
import { readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url))
const target = join(root, 'dist/src/bundle')

const rules = readdirSync(join(root, 'rules'), { recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .map((file) => join(root, 'rules', file))

const allRules = '\0rules'
const ownRules = join(root, 'src/own-rules.ts')

const plugin = {
  name: 'authtap',
  resolveId: (id) => (id === allRules ? id : undefined),
  load(id) {
    if (id === ownRules)
      return `export const together = async () => (await import(${JSON.stringify(allRules)})).default`
    if (id !== allRules) return undefined
    const imports = rules.map((file, n) => `import r${n} from ${JSON.stringify(file)}`)
    return `${imports.join('\n')}\nexport default [${rules.map((_, n) => `r${n}`).join()}]`
  },
  // A module finds what lies beside it from where it was compiled to.
  transform(code, id) {
    if (!id.startsWith(join(root, 'src')) || !code.includes('import.meta.url')) return undefined
    const compiled = join(root, 'dist', relative(root, id)).replace(/\.ts$/, '.js')
    const path = relative(target, compiled).replaceAll('\\', '/')
    const place = `new URL(${JSON.stringify(path)}, import.meta.url).href`
    return code.replaceAll('import.meta.url', place)
  },
}

const bundle = await rolldown({
  input: { cli: join(root, 'src/cli.ts') },
  platform: 'node',
  // Libraries, ours by their files alone.
  external: /^(?![./\0]|[A-Za-z]:)/,
  plugins: [plugin],
})
await bundle.write({ dir: target, format: 'esm' })
writeFileSync(join(root, 'dist/src/cli.js'), "#!/usr/bin/env node\nimport './bundle/cli.js'\n")
