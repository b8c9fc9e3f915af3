/**
 * A copy of a text that was cut out of another. V8 keeps all of that one for as long as the piece is kept, and what it was
 * cut from may be a body, or a line of the journal.
 */
export function ownText(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string
}
