export interface Offer {
  readonly label: string
  readonly text: string
}
