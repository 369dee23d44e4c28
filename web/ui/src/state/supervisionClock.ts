/** The server's clock, as far as this window knows it: what ages and countdowns on the supervision page count by. */

import { type ReadonlySignal, signal } from "@preact/signals";

const TICK_MS = 1_000;
const moment = signal(Date.now());
/** Milliseconds since the epoch; steps once a second while somebody watches. */
export const clock: ReadonlySignal<number> = moment;

let ahead_ms = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** `at`: what the server's clock (ISO) says now. */
export function setClock(at: string, isRunning: boolean): void {
  const told = Date.parse(at);
  if (!Number.isNaN(told)) ahead_ms = told - Date.now();
  tick();
  if (isRunning) timer ??= setInterval(tick, TICK_MS);
}

export function stopClock(): void {
  clearInterval(timer);
  timer = undefined;
}

function tick(): void {
  moment.value = Date.now() + ahead_ms;
}
