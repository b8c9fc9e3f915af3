/** At most so many characters, and a mark where something was cut: what is left of a secret is known as such by the mark. */
export function shortened(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text
}
