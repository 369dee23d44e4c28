/** Why the selected actor is as it is: its ends, as the server remembers them, and what happened around it. */

import { type Signal, signal } from "@preact/signals";
import { api, ApiError, pathOf } from "../net/api";
import type { Frame, Node, SupervisionEvent, Why } from "../wire/types";
import { type Action, ACTION_WORDS } from "./supervisionActions";
import { timelineOf } from "./supervisionTimeline";
import { callName } from "./supervisionWords";

export interface Explained {
  readonly path: string;
  /** Null: nothing is known of it (any more). */
  readonly why: Why | null;
  readonly events: readonly SupervisionEvent[];
}

/** Null while nothing was explained yet. */
export const explained: Signal<Explained | null> = signal(null);
export const whyError: Signal<unknown> = signal(null);

const OWN_EVENTS = 20;
let asked = 0;

const actorPath = (path: string): string => pathOf("supervision", "actors", ...path.split("/"));

/** The latest question wins. What is shown of the same actor stays until the answer is there. */
export async function explainActor(path: string): Promise<void> {
  const mine = ++asked;
  try {
    const query = `path=${encodeURIComponent(path)}&newest_first=true&notable=true&limit=${OWN_EVENTS}`;
    const [why, page] = await Promise.all([
      api.get<Why>(actorPath(path)).catch(nullWhenUnknown),
      api.get<{ items: Frame[] }>(`supervision/events?${query}`),
    ]);
    if (mine !== asked) return;
    explained.value = { path, why, events: timelineOf(page.items).events };
    whyError.value = null;
  } catch (error) {
    if (mine === asked) whyError.value = error;
  }
}

function nullWhenUnknown(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

/** Does it. The sentence to tell; what the server refuses is thrown. */
export async function act(path: string, action: Action): Promise<string> {
  const { node } = await api.post<{ node: Node | null }>(`${actorPath(path)}/${action}`);
  const gone = node === null && action !== "stop" ? " and is gone" : "";
  return `${callName(path, node?.subject)} ${ACTION_WORDS[action].done}${gone}.`;
}
