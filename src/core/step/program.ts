import { header } from '../wire/exchange.ts'
import type { Step } from './step.ts'

/** The program that sends a leg, as far as it can be told: its User-Agent, else what the capture says. */
export function programOf({ exchange }: Step): string {
  return header(exchange.request.headers, 'user-agent') ?? exchange.client
}

/** A leg that the person's browser makes, and not the program. */
export function isBrowserLeg(step: Step): boolean {
  return step.kind === 'authorize' || step.kind === 'callback'
}
