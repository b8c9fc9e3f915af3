/** What the bench measured, as results.json holds it. */
export interface Results {
  /** What it was measured on. */
  readonly machine: string
  readonly date: string
  readonly rows: readonly {
    readonly what: string
    readonly measured: string
    readonly ratio?: number
    readonly perSecond?: { readonly way: string; readonly rounds: readonly number[] }
  }[]
}

export function picture(results: Results): string
