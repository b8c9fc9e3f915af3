import type { Compared } from '../../core/diff/words.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import type { Holding } from '../../core/intercept/holding.ts'
import type { PaneName } from '../keys/pane.ts'
import type { FindingOrder } from './findings.ts'
import { type FindingGroup, findingGroups } from './findings.ts'
import { Flows, type ListedFlow } from './flows.ts'
import type { Key } from '../keys/keys.ts'
import { Listing } from './listing.ts'
import type { Model } from './model.ts'
import { Parts } from './roles.ts'
import type { Row } from './rows.ts'
import type { ThemeName } from '../term/theme.ts'

export type ViewName = 'live' | 'flow' | 'findings' | 'checklist'

export const tabs = ['request', 'response', 'token', 'checks', 'curl'] as const
export type Tab = (typeof tabs)[number]

export interface Choice {
  readonly key: string
  readonly label: string
  /** What it does once the menu is gone; nothing when left out. */
  readonly does?: () => void
}

/** What lies over a view. */
export type Overlay =
  | { readonly kind: 'help'; readonly pane: PaneName }
  | { readonly kind: 'log' }
  /** How to connect. */
  | { readonly kind: 'connect' }
  /** What differs between two exchanges. */
  | { readonly kind: 'diff'; readonly left: string; readonly right: string }
  /** What differs between two flows, or two captures. */
  | { readonly kind: 'comparison'; readonly compared: Safe<Compared> }
  | { readonly kind: 'menu'; readonly title: string; readonly choices: readonly Choice[] }
  | {
      readonly kind: 'question'
      readonly title: string
      readonly lines: readonly string[]
      readonly choices: readonly Choice[]
    }

export type PromptKind = 'filter' | 'search' | 'palette' | 'path'

export interface Prompt {
  readonly kind: PromptKind
  text: string
  /** What the text was before. */
  readonly before: string
  /** Place in the history that is shown; undefined for the text itself. */
  past: number | undefined
  /** What was being typed when the history was gone into. */
  draft?: string
  /** What is being saved, for a path. */
  readonly saves?: SaveKind
}

export type SaveKind = 'har' | 'session' | 'report' | 'jsonl' | 'sarif' | 'curl' | 'finding'

/** Where the person is and what she set: everything of the screen that is not in the session. */
export interface State {
  view: ViewName
  focus: Record<ViewName, PaneName>
  zoom: boolean
  /** The exchange that all views are about; undefined before anything was chosen. */
  selected: string | undefined
  /** The flow that was chosen by itself; undefined where it is the one of the selected exchange. */
  flow: string | undefined
  /** Whether the list of flows has only those that broke. */
  onlyBroken: boolean
  follow: boolean
  /** The exchange at which the screen was paused while the newest were followed. */
  followedAt: string | undefined
  detail: { tab: Tab } | undefined
  overlays: Overlay[]
  prompt: Prompt | undefined
  history: Record<PromptKind, string[]>
  /** What is being done before all is there. */
  progress: string | undefined
  /** Nothing more comes in. */
  over: boolean
  filter: string
  filterProblem: string | undefined
  search: string
  message: { readonly text: string; readonly level: 'info' | 'warning' | 'error' } | undefined
  /** Key of the finding's group. */
  finding: string | undefined
  evidence: number
  order: FindingOrder
  item: number
  choice: number
  tops: Partial<Record<PaneName, number>>
  marked: Set<string>
  theme: ThemeName
  mouse: boolean
  revealed: boolean
  wrap: boolean
  raw: boolean
}

export function freshState(theme: ThemeName): State {
  return {
    view: 'live',
    focus: { live: 'list', flow: 'steps', findings: 'rules', checklist: 'items' },
    zoom: false,
    selected: undefined,
    flow: undefined,
    onlyBroken: false,
    follow: true,
    followedAt: undefined,
    detail: undefined,
    overlays: [],
    prompt: undefined,
    progress: undefined,
    over: false,
    history: { filter: [], search: [], palette: [], path: [] },
    filter: '',
    filterProblem: undefined,
    search: '',
    message: undefined,
    finding: undefined,
    evidence: 0,
    order: 'severity',
    item: 0,
    choice: 0,
    tops: {},
    marked: new Set(),
    theme,
    mouse: true,
    revealed: false,
    wrap: true,
    raw: false,
  }
}

interface UiOptions {
  readonly keys: readonly Key[]
  readonly capture?: string
  readonly hasTwo?: boolean
  readonly holding?: Holding
}

/** The session, and how somebody looks at it. */
export class Ui {
  readonly model: Model
  readonly state: State
  readonly listing: Listing
  readonly parts: Parts
  readonly keys: readonly Key[]
  /** Captures by name, when nothing comes in. */
  readonly capture: string | undefined
  /** Whether there are two captures, which can be compared. */
  readonly hasTwo: boolean
  /** What is held, and by which filters; undefined where nothing passes. */
  readonly holding: Holding | undefined
  readonly #flows: Flows
  #groups: { readonly of: string; readonly groups: FindingGroup[] } | undefined

  constructor(model: Model, theme: ThemeName, { keys, capture, hasTwo, holding }: UiOptions) {
    this.model = model
    this.keys = keys
    this.capture = capture
    this.hasTwo = hasTwo === true
    this.holding = holding
    this.state = freshState(theme)
    this.listing = new Listing(model)
    this.parts = new Parts(model)
    this.#flows = new Flows(model)
  }

  /** The selected exchange: the newest one shown while the list is followed. */
  get selected(): Row | undefined {
    const { state, model, listing } = this
    if (state.follow) return listing.at(listing.length - 1)
    return model.row(state.selected) ?? listing.at(listing.length - 1)
  }

  /** Selects an exchange, in every view. */
  select(id: string | undefined): void {
    if (id === undefined || this.model.row(id) === undefined) return
    this.state.follow = false
    if (this.state.selected !== id) delete this.state.tops.preview
    this.state.selected = id
    this.state.flow = undefined
  }

  /** The flow that is shown: the one that was chosen, that of the selected exchange, else the newest. */
  get flow(): string | undefined {
    const of = this.state.flow ?? this.selected?.flow
    if (of !== undefined && this.model.flows.has(of)) return of
    return [...this.model.flows.keys()].at(-1)
  }

  /** The flows of the list of flows. */
  get flowsListed(): readonly ListedFlow[] {
    return this.#flows.listed(this.state.onlyBroken)
  }

  get groups(): readonly FindingGroup[] {
    const { model, state } = this
    const of = `${model.findingsVersion} ${model.from} ${state.order} ${model.report?.firstBroken?.finding}`
    if (this.#groups?.of !== of) this.#groups = { of, groups: findingGroups(model, state.order) }
    return this.#groups.groups
  }

  /** The finding that is shown: the chosen one while it exists, else the first. */
  get group(): FindingGroup | undefined {
    return this.groups.find(({ key }) => key === this.state.finding) ?? this.groups[0]
  }

  get topOverlay(): Overlay | undefined {
    return this.state.overlays.at(-1)
  }

  /** The pane that keys are for. */
  get pane(): PaneName {
    const { state } = this
    if (state.prompt?.kind === 'palette') return 'palette'
    const overlay = this.topOverlay
    if (overlay !== undefined) return overlay.kind
    return state.detail === undefined ? state.focus[state.view] : 'detail'
  }
}
