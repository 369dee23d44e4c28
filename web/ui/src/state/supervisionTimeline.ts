/** What happened, newest first: joining pages with what comes live, and the mark "since I looked". Pure. */

import type { Frame, SupervisionEvent } from "../wire/types";
import { isGivingUp } from "./supervisionWords";

export interface Timeline {
  /** Newest first. */
  readonly events: readonly SupervisionEvent[];
  readonly hasOlder: boolean;
}

export const EMPTY_TIMELINE: Timeline = { events: [], hasOlder: false };
export const PAGE = 100;
/** Older ones are fetched again when somebody asks. */
export const MOST = 1_000;

const isEvent = (frame: Frame): frame is SupervisionEvent => frame.type === "supervision_event" && isWorthALine(frame);
/** The line of an exit says already when the actor starts again, and that a supervisor gave up. */
const SAID_BY_THE_EXIT = ["backing_off", "escalated"];
const isWorthALine = (event: SupervisionEvent): boolean => event.is_notable && !SAID_BY_THE_EXIT.includes(event.event);

/** A first page, newest first. */
export function timelineOf(page: readonly Frame[]): Timeline {
  return { events: page.filter(isEvent), hasOlder: page.length >= PAGE };
}

/** Frames as they came, the oldest first; those known already and those not worth a line are left out. */
export function heard(timeline: Timeline, frames: readonly SupervisionEvent[]): Timeline {
  const newest = timeline.events[0]?.seq ?? -1;
  const fresh = frames.filter((frame) => isWorthALine(frame) && frame.seq > newest);
  if (!fresh.length) return timeline;
  const events = [...fresh.reverse(), ...timeline.events];
  return { events: events.slice(0, MOST), hasOlder: timeline.hasOlder || events.length > MOST };
}

/** The page before what is shown. */
export function older(timeline: Timeline, page: readonly Frame[]): Timeline {
  const oldest = timeline.events.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
  const more = page.filter(isEvent).filter((event) => event.seq < oldest);
  return { events: [...timeline.events, ...more], hasOlder: page.length >= PAGE };
}

/** Every word must be in the path, the event or the reason. */
export function filtered(events: readonly SupervisionEvent[], filter: string): readonly SupervisionEvent[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return events;
  return events.filter((event) => {
    const text = `${event.path} ${event.event} ${event.exit_kind ?? ""} ${event.reason ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many crashes there were since `from` (ms); a supervisor that gave up over one is not another one. */
export const crashesSince = (events: readonly SupervisionEvent[], from: number): number =>
  events.filter((event) => event.exit_kind === "crashed" && !isGivingUp(event.reason) && Date.parse(event.at) > from).length;

/** How many of the newest happened after `lookedAt` (ISO); none when nobody ever looked. */
export function unseen(events: readonly SupervisionEvent[], lookedAt: string | null): number {
  if (!lookedAt) return 0;
  const at = Date.parse(lookedAt);
  const first = events.findIndex((event) => Date.parse(event.at) <= at);
  return first < 0 ? events.length : first;
}
