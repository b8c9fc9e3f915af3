import { Chance } from './chance.mjs'
import { Proxy } from './proxy.mjs'
import { playOnWire, wireInput } from './wire-inputs.mjs'

/** Inputs between two looks at the proxy, and in the life of one. */
const interval = 20
const life = 200

/** Plays inputs to one proxy after the other, and finds out which of many it was that broke one. */
export class Wire {
  #secrets
  #keep
  #proxy
  #played = []

  /** @param keep takes what failed: target, sentence, seeds, input; false where that is known */
  constructor(secrets, keep) {
    this.#secrets = secrets
    this.#keep = keep
  }

  async play(seed, chance) {
    this.#proxy ??= await this.#begin()
    this.#played.push(seed)
    await playOnWire(this.#proxy, wireInput(chance, this.#proxy.places, this.#secrets))
    if (this.#played.length % interval === 0 || !this.#proxy.isAlive) await this.#proxy.check()
    if (this.#proxy.faults.length > 0 || this.#played.length >= life) await this.close()
  }

  async close() {
    if (this.#proxy === undefined) return
    const proxy = this.#proxy
    const played = this.#played.splice(0)
    this.#proxy = undefined
    const faults = await proxy.end().catch((error) => [String(error.stack)])
    for (const sentence of faults.slice(0, 3)) {
      const seeds = await this.#smallest(played)
      const [last] = seeds.slice(-1)
      const chance = new Chance(last)
      chance.next()
      this.#keep('wire', sentence, seeds, wireInput(chance, proxy.places, this.#secrets))
      // The others are mostly of the same.
      if (seeds.length === 1) return
    }
  }

  #begin() {
    const proxy = new Proxy(this.#secrets)
    return proxy.start().then(() => proxy)
  }

  async #fails(seeds) {
    const proxy = await this.#begin()
    for (const seed of seeds) {
      const chance = new Chance(seed)
      // It was drawn what to attack.
      chance.next()
      if (!proxy.isAlive) break
      await playOnWire(proxy, wireInput(chance, proxy.places, this.#secrets))
    }
    const faults = await proxy.end().catch((error) => [String(error.stack)])
    return faults.length > 0
  }

  /** The fewest inputs, by halves, with which a new proxy breaks; all of them where it does with neither half. */
  async #smallest(played) {
    let seeds = played
    while (seeds.length > 1) {
      const middle = seeds.length >> 1
      const halves = [seeds.slice(middle), seeds.slice(0, middle)]
      const failing = (await this.#fails(halves[0]))
        ? halves[0]
        : (await this.#fails(halves[1]))
          ? halves[1]
          : undefined
      if (failing === undefined) return seeds
      seeds = failing
    }
    return seeds
  }
}
