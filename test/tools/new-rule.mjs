// Writes a rule to fill in: npm run new-rule category/name
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [id = '', folder = fileURLToPath(new URL('../../rules', import.meta.url))] =
  process.argv.slice(2)
const wrong = faultOf(id)
if (wrong !== undefined) {
  console.error(wrong)
  process.exit(2)
}
const file = join(folder, `${id}.ts`)
if (existsSync(file)) {
  console.error(`${file} exists already. Give another id.`)
  process.exit(2)
}
const [category] = id.split('/')
if (!existsSync(join(folder, category))) console.log(newCategory(category))
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, skeleton(id))
console.log(`${file}

Its examples hold as they stand. Now put the fault into \`bad\`, mend a copy for \`good\`, see npm run test-rule fail, and write the check:

  npm run test-rule ${id}        # its types and its examples
  npm start -- explain --kit     # what a step and a flow know; after a build: node dist/src/cli.js explain --kit
  npm start -- explain ${id}     # its page`)

function faultOf(id) {
  if (id === '') return 'Give the rule an id: npm run new-rule category/what-is-wrong'
  const [, ...names] = id.split('/')
  if (names.length !== 1)
    return `${id} is no id of a rule: it has one category and one name, as in token/cacheable.`
  return /^[a-z0-9-]+\/[a-z0-9-]+$/.test(id)
    ? undefined
    : `${id} is no id of a rule: lower case letters, digits and hyphens only.`
}

function newCategory(category) {
  const known = existsSync(folder) ? readdirSync(folder) : []
  const near = known.find((name) => name.startsWith(category) || category.startsWith(name))
  const instead = near === undefined ? '' : ` Did you mean ${near}? Then remove the file again.`
  return `The category ${category} is new. There are ${known.join(', ') || 'none'}.${instead}`
}

function skeleton(id) {
  return `import { type TokenCall, defineRule, member, objectOf } from '../../src/core/kit.ts'

export default defineRule({
  id: '${id}',
  title: 'What is wrong, in one line',
  severity: ['error'],
  fault: ['authorization-server'],
  spec: ['RFC 6749 §5.1'],
  revisions: 'all',
  why: 'What breaks because of it, and for whom.',
  remedy: 'Tell the party at fault what to change.',
  // Items of the checklist (src/core/verdict/checklist.ts) that are untrue where this is found; leave it out where there is none.
  // seed: ['T-1', { item: 'A-1', variants: ['absent'] }],

  on: 'token',

  *check(step) {
    const lifetime = lifetimeOf(step)
    if (typeof lifetime !== 'number') return 'silent'
    if (lifetime <= 3600) return
    yield {
      message: \`what was seen, with values: \${lifetime} s\`,
      evidence: [{ step, at: 'response.json/expires_in', note: 'what it must be' }],
    }
  },

  examples: {
    good: [{ name: 'how it ought to be', http: '\${opening until token}' }],
    bad: [
      {
        name: 'how it is',
        http: \`
          \\\${opening until token unanswered}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"access_token":"\\\${secret at_}","token_type":"Bearer","expires_in":86400}\`,
      },
    ],
  },
})

/** What the check asks, below the rule, which is read from the top. */
function lifetimeOf(step: TokenCall): unknown {
  return member(objectOf(step.answer), 'expires_in')
}
`
}
