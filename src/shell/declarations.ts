/** A type, function or constant as its declaration file says it, with what its author wrote about it. */
export interface Declared {
  readonly name: string
  readonly about: string
  /** `interface McpCall extends StepBase<'mcp'>, McpFacts`: everything before its members. */
  readonly head: string
  readonly members: readonly Member[]
}

export interface Member {
  readonly text: string
  readonly about: string
}

const heading = /^(?:export )?(?:declare )?(?:interface|class|type|function|const) (\w+)/

/** Reads a declaration file as the compiler writes it: one declaration at the margin, members indented by four. */
export function readDeclarations(text: string): Declared[] {
  const declared: Declared[] = []
  let about = ''
  for (const block of blocksOf(text, '')) {
    if (block.startsWith('/**')) {
      about = comment(block)
      continue
    }
    const name = heading.exec(block)?.[1]
    if (name !== undefined) declared.push(declaration(name, about, block))
    about = ''
  }
  return declared
}

function declaration(name: string, about: string, block: string): Declared {
  const [first = '', ...rest] = block.split('\n')
  const opens = /(?:interface|class) /.test(first) && first.endsWith('{')
  const head = (opens ? first.slice(0, -1) : block).replace(/^(?:export )?(?:declare )?/, '')
  const members: Member[] = []
  let said = ''
  for (const member of opens ? blocksOf(rest.slice(0, -1).join('\n'), '    ') : []) {
    if (member.startsWith('/**')) said = comment(member)
    else {
      members.push({ text: oneLine(member), about: said })
      said = ''
    }
  }
  return { name, about, head: oneLine(head), members }
}

/** Parts that begin at this indentation and go on in lines that are indented more, or close what they opened. */
function blocksOf(text: string, indentation: string): string[] {
  const blocks: string[] = []
  for (const line of text.split('\n')) {
    const own = line.slice(indentation.length)
    const begins = line.startsWith(indentation) && /^[^\s})*]/.test(own)
    if (begins) blocks.push(own)
    else if (blocks.length > 0) blocks[blocks.length - 1] += `\n${own}`
  }
  return blocks
}

/** A comment's words, its lines as they are. */
function comment(block: string): string {
  return block
    .replace(/^\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim()
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('; }', ' }').replace(/;\s*$/, '').trim()
}
