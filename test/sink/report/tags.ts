const voids = new Set(['meta', 'br', 'input', 'img', 'link', 'hr'])

/**
 * What is wrong with the nesting of a document's tags, strictly as XML has it but for HTML's void elements and raw texts;
 * empty when nothing is. Also an ampersand that begins no reference, and a quote that is left open, are faults.
 */
export function nestingFaults(document: string, kind: 'html' | 'xml'): string[] {
  const faults: string[] = []
  const open: string[] = []
  const tag = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/y
  for (let at = 0; at < document.length;) {
    const next = document.indexOf('<', at)
    const text = document.slice(at, next < 0 ? document.length : next)
    if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(text)) faults.push(`a bare & in ${text.slice(0, 60)}`)
    if (text.includes('>')) faults.push(`a bare > in ${text.slice(0, 60)}`)
    if (next < 0) break
    at = next
    if (document.startsWith('<!DOCTYPE html>', at) || document.startsWith('<?xml ', at)) {
      at = document.indexOf('>', at) + 1
      continue
    }
    tag.lastIndex = at
    const match = tag.exec(document)
    if (match === null) {
      faults.push(`no tag: ${document.slice(at, at + 60)}`)
      break
    }
    at = tag.lastIndex
    const [, closing, name = '', , empty] = match
    if (closing === '/') {
      const last = open.pop()
      if (last !== name) faults.push(`</${name}> closes <${last ?? 'nothing'}>`)
      continue
    }
    if (empty === '/' || (kind === 'html' && voids.has(name))) continue
    open.push(name)
    if (kind === 'html' && (name === 'script' || name === 'style'))
      at = document.indexOf(`</${name}`, at)
  }
  return [...faults, ...open.map((name) => `<${name}> is not closed`)]
}
