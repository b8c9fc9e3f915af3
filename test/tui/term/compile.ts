import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../..', import.meta.url))

let folder: string | undefined
const compiled = new Set<string>()

/** Compiles a program of the tests and all it imports, and returns the path of what Node can run. */
export function compile(entry: string): string {
  folder ??= makeFolder()
  compileFile(join(root, entry), folder)
  return join(folder, entry.replace(/\.ts$/, '.js'))
}

function makeFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'authtap-test-'))
  process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  symlinkSync(join(root, 'node_modules'), join(made, 'node_modules'))
  writeFileSync(join(made, 'package.json'), '{"type":"module"}')
  return made
}

function compileFile(file: string, target: string): void {
  if (compiled.has(file)) return
  compiled.add(file)
  const source = readFileSync(file, 'utf8')
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  })
  const output = join(target, relative(root, file)).replace(/\.ts$/, '.js')
  mkdirSync(dirname(output), { recursive: true })
  writeFileSync(output, outputText)
  for (const [, name] of outputText.matchAll(/from ['"](\.[^'"]+)\.js['"]/g)) {
    compileFile(resolve(dirname(file), `${name}.ts`), target)
  }
}
