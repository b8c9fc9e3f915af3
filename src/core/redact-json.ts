/**
 * Walks the string values of JSON text and replaces those that `replace` changes, leaving every other byte as it stands.
 * It reads tokens, not structure, so that broken and cut documents are covered too; a name reaches the strings of its list.
 */
export function mapJsonStrings(
  text: string,
  replace: (name: string, value: string) => string,
): string {
  let result = ''
  let from = 0
  const names: string[] = ['']
  let name = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (character === '{' || character === '[') {
      names.push(name)
      // A list's strings answer to the list's own name; an object's members have their own.
      if (character === '{') name = ''
    } else if (character === '}' || character === ']')
      name = (names.length > 1 ? names.pop() : names[0]) ?? ''
    else if (character === '"') {
      const end = endOfString(text, at)
      const value = unescaped(text.slice(at + 1, end))
      if (isName(text, end + 1)) name = value
      else {
        const replaced = replace(name, value)
        if (replaced !== value) {
          result += `${text.slice(from, at)}${JSON.stringify(replaced)}`
          from = end + 1
        }
      }
      at = end
    }
  }
  return from === 0 ? text : result + text.slice(from)
}

/** The index of the closing quote; the end of the text when the string is cut. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return text.length
}

function isName(text: string, at: number): boolean {
  let next = at
  while (next < text.length && ' \t\r\n'.includes(text[next]!)) next += 1
  return text[next] === ':'
}

function unescaped(inner: string): string {
  if (!inner.includes('\\')) return inner
  try {
    return JSON.parse(`"${inner}"`) as string
  } catch {
    return inner
  }
}
