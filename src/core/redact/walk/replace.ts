/** What becomes of a value: by the kind its place gives it, or as text whose kind is unknown. */
export interface Replace {
  /** The label of a secret; the value itself where it gives nothing away. */
  secret(kind: string, value: string): string
  /**
   * The text with labels in place of the secrets in it.
   * @param escaped it is part of a URL or form, and so the labels are percent-encoded
   */
  text(text: string, escaped?: boolean): string
  /** The same for text that may look like a secret and is none: only secrets that were seen elsewhere. */
  known(text: string, escaped?: boolean): string
  /** The value stands where its name says that everybody may read it. */
  open(value: string): void
  /** Nothing is replaced: secrets are learned only. */
  readonly learning?: true
  /**
   * What a value became when it last stood in such a place, as long as that must still hold; otherwise what `map` makes
   * of it. Nearly all that stands in the places of an exchange stood there in the exchange before.
   */
  again?(sort: Place, name: string, value: string, map: () => string): string
}

/** What decides, with a name, what a value may be. */
export type Place = 'field' | 'url' | 'touch' | 'message'

const shownLabel =
  /^(?:‹[a-z0-9_]{1,40}:[0-9a-f]{16}›|%E2%80%B9[a-z0-9_]{1,40}%3A[0-9a-f]{16}%E2%80%BA)$/

/** Whether a value is a label, as it is or percent-encoded. */
export function isShownLabel(value: string): boolean {
  return value.length < 100 && shownLabel.test(value)
}

/**
 * The coded form of a value that was changed, as close to how it was written as can be: what is changed inside stays
 * coded as it was, and only if that cannot be done the whole value is coded anew.
 */
export function keepSpelling(
  coded: string,
  mapped: string,
  coding: {
    readonly decode: (coded: string) => string
    readonly encode: (value: string) => string
    readonly replace: (coded: string) => string
  },
): string {
  const inPlace = coding.replace(coded)
  return bareLabels(coding.decode(inPlace)) === bareLabels(mapped) ? inPlace : coding.encode(mapped)
}

/** A label is the same however often it was decoded. */
function bareLabels(text: string): string {
  return text.replace(
    /%E2%80%B9([a-z0-9_]{1,40})%3A([0-9a-f]{16})%E2%80%BA/g,
    (_, kind: string, hash: string) => `‹${kind}:${hash}›`,
  )
}
