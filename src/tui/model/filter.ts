import { parseFilter } from '../../core/filter/filter.ts'
import type { FilterRecord } from '../../core/filter/record.ts'
import { bodyText } from '../../core/wire/exchange.ts'
import type { RowTest } from './listing.ts'
import type { Model } from './model.ts'
import { type Row, hostOf, pathOf } from './rows.ts'
import type { Ui } from './state.ts'
import { type Facts, carriedTokens } from './tokens.ts'

/** Shows the rows that a filter lets through; of one that cannot be read, what is wrong with it. */
export function showMatching(ui: Ui, text: string, facts: Facts, now: number): void {
  const { test, problem } = rowFilter(text, ui.model, facts, now)
  ui.state.filter = text.trim()
  ui.state.filterProblem = problem
  if (problem === undefined) ui.listing.show(test)
}

/** The test of a row that a filter's text stands for, or what is wrong with the text; neither for no text. */
function rowFilter(
  text: string,
  model: Model,
  facts: Facts,
  now: number,
): { test?: RowTest; problem?: string } {
  if (text.trim() === '') return {}
  const filter = parseFilter(text)
  if ('error' in filter) return { problem: filter.error }
  return { test: (row) => filter.test(new RowRecord(row, model, facts), now) }
}

/** What a filter may look at. Headers and bodies are there as long as the exchange is held. */
class RowRecord implements FilterRecord {
  readonly #row: Row
  readonly #model: Model
  readonly #facts: Facts

  constructor(row: Row, model: Model, facts: Facts) {
    this.#row = row
    this.#model = model
    this.#facts = facts
  }

  get method() {
    return this.#row.method
  }

  get status() {
    return this.#row.status
  }

  get kind() {
    return this.#row.kind
  }

  get host() {
    return hostOf(this.#row.url)
  }

  get path() {
    return pathOf(this.#row.url)
  }

  get flow() {
    return this.#row.flow
  }

  get findings() {
    return this.#model.findingsAt(this.#row.id)
  }

  get startedAt() {
    return this.#row.startedAt
  }

  get headers() {
    const exchange = this.#exchange
    return exchange && [...exchange.request.headers, ...(exchange.response?.headers ?? [])]
  }

  get text() {
    const exchange = this.#exchange
    if (exchange === undefined) return undefined
    const answer = exchange.response === undefined ? '' : bodyText(exchange.response)
    return `${bodyText(exchange.request)}\n${answer}`
  }

  get jwt() {
    const exchange = this.#exchange
    if (exchange === undefined) return undefined
    const claims = carriedTokens(exchange, this.#facts).map((token) => token.claims)
    return Object.assign({}, ...claims) as Record<string, unknown>
  }

  get #exchange() {
    return this.#model.held.get(this.#row.id)?.exchange
  }
}
