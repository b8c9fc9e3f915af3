import type { Adapter, AdapterPayload } from 'oidc-provider'

/** What one oidc-provider stores. The adapter it brings along is shared by all providers of a process. */
export class Store {
  readonly #entries = new Map<string, AdapterPayload>()

  readonly adapter = (model: string): Adapter => {
    const key = (id: string) => `${model}:${id}`
    const findBy = (name: 'uid' | 'userCode', value: string) => {
      const prefix = `${model}:`
      const found = [...this.#entries].find(
        ([id, entry]) => id.startsWith(prefix) && entry[name] === value,
      )
      return Promise.resolve(found?.[1])
    }
    return {
      upsert: (id, payload) => this.#done(() => this.#entries.set(key(id), payload)),
      find: (id) => Promise.resolve(this.#entries.get(key(id))),
      findByUid: (uid) => findBy('uid', uid),
      findByUserCode: (code) => findBy('userCode', code),
      consume: (id) => this.#done(() => this.#consume(key(id))),
      destroy: (id) => this.#done(() => this.#entries.delete(key(id))),
      revokeByGrantId: (grantId) => this.#done(() => this.#revoke(grantId)),
    }
  }

  #done(act: () => unknown): Promise<void> {
    act()
    return Promise.resolve()
  }

  #consume(key: string): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) entry.consumed = Math.floor(Date.now() / 1000)
  }

  #revoke(grantId: string): void {
    for (const [key, entry] of this.#entries)
      if (entry.grantId === grantId) this.#entries.delete(key)
  }
}
