/** Whether a line is what a search looks for; without a capital in the wanted text, case does not count. */
export function matches(text: string, wanted: string): boolean {
  if (wanted === '') return false
  return /\p{Lu}/u.test(wanted) ? text.includes(wanted) : text.toLowerCase().includes(wanted)
}
