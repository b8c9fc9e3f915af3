import { readFileSync } from 'node:fs'
import { type Declared, type Member, readDeclarations } from './declarations.ts'

/** The declaration files of core as they were published with this file. */
const core = new URL('../core/', import.meta.url)

function declarations(file: string): Declared[] {
  return readDeclarations(readFileSync(new URL(`${file}.d.ts`, core), 'utf8'))
}

/** What a rule works with, a page made from the comments of the types: steps, flow, places, what a check yields, the kit. */
export function kitPage(): string[] {
  const steps = declarations('step/step')
  const rule = declarations('verdict/rule')
  const flow = declarations('flow/flow')
  const opening = declarations('transcript/opening')
  return [
    'What a rule of your own works with. Import it from authtap.',
    ...section('A step, of whatever kind', whole(steps, 'StepBase')),
    ...stepsByKind(steps),
    '',
    'The other kinds of step have only what every step has:',
    ...kindsWithoutFacts(steps),
    ...section('The types of these facts', parts(steps)),
    ...section('What a flow knows: the second argument of a check', [
      ...whole(declarations('flow/flow-steps'), 'FlowSteps'),
      ...whole(flow, 'Flow'),
    ]),
    ...section(
      'What `flow.revision` tells',
      whole(declarations('flow/revision'), 'RevisionEvidence'),
    ),
    ...section('How long `flow.waited` waits', whole(declarations('flow/timers'), 'Timers')),
    ...section('What a check yields', [...whole(rule, 'Draft'), ...whole(rule, 'Pointer')]),
    ...section('What `at` may be', whole(declarations('wire/place'), 'Place')),
    ...section('How a check ends', whole(rule, 'Verdict')),
    ...section('What `blind(leg)` may name', legs(rule)),
    ...section('Functions', functions()),
    ...section('A login that an example can begin with', whole(opening, 'opened').slice(1)),
  ]
}

/** What of a login a rule may have had to see: the legs of steps, and parts of a message. */
function legs(rule: readonly Declared[]): string[] {
  const [leg] = rule.filter(({ name }) => name === 'Leg')
  const [ofSteps] = declarations('step/kinds').filter(({ name }) => name === 'StepLeg')
  const quotedIn = (one: Declared | undefined) =>
    [...(one?.head ?? '').matchAll(/'([^']+)'/g)].map(([, name]) => `blind('${name}')`)
  return [...said(leg?.about ?? ''), ...quotedIn(ofSteps), ...quotedIn(leg)]
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, '', ...lines.map((line) => (line === '' ? '' : `  ${line}`))]
}

/** A declaration with its comment and its members; nothing when there is none of this name. */
function whole(all: readonly Declared[], name: string): string[] {
  return all.filter((one) => one.name === name).flatMap(described)
}

function described({ about, head, members }: Declared): string[] {
  return [
    ...(members.length === 0 ? [head] : []),
    ...said(about),
    ...members.filter(isForRules).flatMap(memberLines),
  ]
}

function isForRules({ text, about }: Member): boolean {
  return !about.includes('@internal') && !/^(?:#private|constructor)/.test(text)
}

function memberLines({ text, about }: Member): string[] {
  return [
    text.replace(/^get (\w+)\(\)/, '$1').replace(/^readonly /, ''),
    ...said(about).map((line) => `    ${line}`),
  ]
}

const said = (about: string) => (about === '' ? [] : about.split('\n'))

/** A section for each kind of step that has facts of its own. */
function stepsByKind(steps: readonly Declared[]): string[] {
  return steps.flatMap((step) => {
    const kind = /StepBase<'([\w-]+)'>/.exec(step.head)?.[1]
    if (kind === undefined) return []
    const shared = steps.filter(
      ({ name }) => name !== 'StepBase' && new RegExp(`\\b${name}\\b`).test(parentsOf(step)),
    )
    const members = [...shared, step].flatMap((one) => one.members)
    return section(`on: '${kind}'`, [...said(step.about), ...members.flatMap(memberLines)])
  })
}

function kindsWithoutFacts(steps: readonly Declared[]): string[] {
  const plain = steps.flatMap(({ head }) => [...head.matchAll(/PlainStep<'([\w-]+)'>/g)])
  return [`  ${plain.map(([, kind]) => `'${kind}'`).join(', ')}`]
}

const parentsOf = ({ head }: Declared) => head.split(' extends ')[1] ?? ''

/** Types that facts have and that are no steps: a credential, a JSON-RPC message, an OAuth error, a token, a challenge. */
function parts(steps: readonly Declared[]): string[] {
  const ofSteps = steps.filter(
    ({ head }) =>
      head.startsWith('interface') && !/StepBase|McpFacts|AuthorizationParams/.test(head),
  )
  const others = [
    ...declarations('wire/exchange').filter(({ head }) => head.startsWith('interface')),
    ...declarations('wire/json').filter(({ name }) => name === 'JsonDocument'),
    ...declarations('wire/jwt').filter(({ name }) => name === 'Token'),
    ...declarations('challenge/challenge').filter(({ members }) => members.length > 0),
  ]
  return [...ofSteps, ...others].flatMap((one) =>
    one.members.length === 0
      ? described(one)
      : [one.name, ...described(one).map((line) => `  ${line}`)],
  )
}

/** The functions and tables that the kit hands on, with what their authors say of them. */
function functions(): string[] {
  const kit = readFileSync(new URL('kit.d.ts', core), 'utf8')
  return [...kit.matchAll(/^export \{([^}]*)\} from '\.\/([\w/-]+)\.[jt]s'/gm)].flatMap(
    ([, names = '', file = '']) => {
      const wanted = names.split(',').map((name) => name.trim())
      return declarations(file)
        .filter(({ name, head }) => wanted.includes(name) && /^(?:function|const) /.test(head))
        .flatMap(({ head, about }) => [
          head.replace(/^\w+ /, ''),
          ...said(about).map((line) => `    ${line}`),
        ])
    },
  )
}
