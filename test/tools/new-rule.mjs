// Writes a rule to fill in: npm run new-rule category/name
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [id, folder = fileURLToPath(new URL('../../rules', import.meta.url))] = process.argv.slice(2)
if (id === undefined || !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(id)) {
  console.error('Give the rule an id: npm run new-rule category/what-is-wrong')
  process.exit(2)
}
const file = join(folder, `${id}.ts`)
if (existsSync(file)) {
  console.error(`${file} exists already. Give another id.`)
  process.exit(2)
}
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, skeleton(id))
console.log(`${file}
\`authtap explain --kit\` says what a step and a flow know. Paste a flow that shows the fault into \`bad\`, trim it, mend a copy for \`good\`, see \`npm test\` fail, write the check.`)

function skeleton(id) {
  return `import { type TokenCall, defineRule, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: '${id}',
  title: 'What is wrong, in one line',
  severity: ['error'],
  fault: ['client'],
  spec: ['RFC 6749 §5.2'],
  revisions: 'all',
  why: 'What breaks because of it, and for whom.',
  remedy: 'Tell the party at fault what to change.',
  explains: ['flow/stalled'],

  on: 'token',

  *check(step) {
    if (step.grantType === undefined) return 'silent'
    if (isAsItShouldBe(step)) return
    yield {
      message: \`what was seen: \${quoted(step.grantType)}\`,
      evidence: [{ step, at: 'request.form.grant_type', note: 'what it must be' }],
    }
  },

  examples: {
    good: [{ name: 'how it ought to be', http: '\${opening until token}' }],
    bad: [
      {
        name: 'how it is',
        http: \`
          \\\${opening until callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 400 Bad Request
          < content-type: application/json

          {"error":"invalid_grant"}\`,
      },
    ],
  },
})

/** What the check asks, below the rule, which is read from the top. */
function isAsItShouldBe(step: TokenCall): boolean {
  return step.ok
}
`
}
