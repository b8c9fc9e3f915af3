/** A map of bounded size: it forgets its oldest entry when it is full, so that nothing hostile makes it grow. */
export class BoundedMap<Value> extends Map<string, Value> {
  readonly #limit: number
  /** Goes through the keys once, behind what is forgotten: to begin anew each time means to pass all that was deleted. */
  readonly #oldest = this.keys()

  constructor(limit: number) {
    super()
    this.#limit = limit
  }

  override set(key: string, value: Value): this {
    if (!this.has(key) && this.size >= this.#limit) this.delete(this.#oldest.next().value!)
    return super.set(key, value)
  }
}
