import xterm from '@xterm/headless'
import { useModel, type WidthModel } from './width-models.ts'

/** A terminal without a program, to show bytes on. */
export class Emulator {
  readonly terminal: InstanceType<typeof xterm.Terminal>
  /** What was put on the clipboard, set as title, or asked of it. */
  readonly effects: string[] = []

  constructor(columns: number, rows: number, model: WidthModel = '11') {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
    useModel(this.terminal.unicode, model)
    this.terminal.onTitleChange((title) => this.effects.push(`title ${title}`))
    this.terminal.onData((reply) => this.effects.push(`reply ${reply}`))
    this.terminal.onBell(() => this.effects.push('bell'))
    this.terminal.parser.registerOscHandler(52, (data) => {
      this.effects.push(`clipboard ${data}`)
      return true
    })
  }

  show(bytes: string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(bytes, resolve))
  }

  /** What stands in a cell; the empty string in the right half of a wide one. */
  at(x: number, y: number): string {
    return this.#cell(x, y).getChars()
  }

  /** A row without the blanks at its end. */
  line(y: number): string {
    return (this.terminal.buffer.active.getLine(y)?.translateToString(true) ?? '').trimEnd()
  }

  lines(): string[] {
    return Array.from({ length: this.terminal.rows }, (_, y) => this.line(y))
  }

  isInverse(x: number, y: number): boolean {
    return this.#cell(x, y).isInverse() !== 0
  }

  foreground(x: number, y: number): string {
    const cell = this.#cell(x, y)
    if (cell.isFgDefault()) return 'default'
    return `${cell.isFgRGB() ? 'rgb' : 'palette'} ${cell.getFgColor().toString(16)}`
  }

  #cell(x: number, y: number) {
    return this.terminal.buffer.active.getLine(y)!.getCell(x)!
  }
}
