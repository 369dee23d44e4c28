/**
 * The tree of actors as this window shows it. The server samples for it only while somebody watches here.
 *
 * One signal an actor: a sample redraws the rows that differ. Joining without a gap: the topic is followed first, then
 * the whole tree is read; what came meanwhile is applied behind it, and whatever does not fit reads the tree again.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { api } from "../net/api";
import { type Heard, live } from "../net/live";
import type { DeadLetter, Frame, Node, OwnedProcess, Supervision, SupervisionSample, WarmAgent, WarmPool } from "../wire/types";
import { refetching } from "./refetch";
import { keepItem, recallItem } from "./shelf";
import { clock, setClock, stopClock } from "./supervisionClock";
import { collapsed, filter, isOnlyTrouble, titleOf } from "./supervisionLooking";
import { type Row, rowsOf, troubled } from "./supervisionRows";
import { EMPTY_TIMELINE, heard, older, PAGE, timelineOf } from "./supervisionTimeline";
import { type ActorTree, EMPTY_TREE, join, treeOf } from "./supervisionTree";

export const tree: Signal<ActorTree> = signal(EMPTY_TREE);
export const isLoaded = signal(false);
export const loadError: Signal<unknown> = signal(null);
export const loopLagMs = signal(0);
export const deadLetters = signal(0);
/** As of the last whole look: see `refreshLists`. */
export const letters: Signal<readonly DeadLetter[]> = signal([]);
export const processes: Signal<readonly OwnedProcess[]> = signal([]);
export const pool: Signal<WarmPool | null> = signal(null);
export const timeline = signal(EMPTY_TIMELINE);
/** When this browser last stopped looking, ISO; null when it never did. */
export const lookedAt: Signal<string | null> = signal(null);

const LOOKED = "supervision.looked";
/** After a look that failed, while somebody watches. */
const LOOK_AGAIN_MS = 2_000;
const nodes = new Map<string, Signal<Node>>();

/** The actor as it is now; undefined when the tree has none there. Reading `.value` redraws with this actor alone. */
export const nodeAt = (path: string): ReadonlySignal<Node> | undefined => nodes.get(path);

let lastRows: readonly Row[] = [];
export const rows: ReadonlySignal<readonly Row[]> = computed(() => {
  const looking = { collapsed: collapsed.value, filter: filter.value, isOnlyTrouble: isOnlyTrouble.value, titleOf };
  // Crashes get old and fuses recover without a frame; only these two show it in the rows themselves.
  const now = looking.isOnlyTrouble || looking.collapsed.size ? clock.value : clock.peek();
  lastRows = rowsOf(tree.value, { ...looking, now }, lastRows);
  return lastRows;
});
export const troubleCount = computed(() => troubled(tree.value, clock.value));

const warm = computed(() => new Map((pool.value?.agents ?? []).flatMap((agent) => (agent.path ? [[agent.path, agent]] : []))));
/** The warm agent whose sub-tree begins at this path. */
export const warmAt = (path: string): WarmAgent | undefined => warm.value.get(path);

// ---- following

let watchers = 0;
let unfollow: (() => void) | null = null;
/** The number up to which the tree is known; null before the first look. */
let known: number | null = null;
/** What came while the whole tree was being read. */
let meanwhile: Heard[] | null = null;
let again: ReturnType<typeof setTimeout> | undefined;

/** Begins to follow, if nobody did; the server samples until the last one has called the returned end. */
export function watch(): () => void {
  if (watchers++ === 0) begin();
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--watchers === 0) end();
  };
}

function begin(): void {
  lookedAt.value = recallItem(LOOKED);
  meanwhile = [];
  unfollow = live.follow("supervision", null, hear);
}

function end(): void {
  clearTimeout(again);
  unfollow?.();
  unfollow = null;
  if (isLoaded.value) keepItem(LOOKED, new Date(clock.value).toISOString());
  stopClock();
}

function hear(frames: Heard[]): void {
  const isAnew = frames.some((frame) => frame.type === "subscribed" || frame.type === "resync");
  if (isAnew) void look();
  if (meanwhile) meanwhile.push(...frames);
  else take(frames);
}

/** Reads the whole tree, and what happened before. */
export const look = refetching(async () => {
  clearTimeout(again);
  meanwhile = [];
  try {
    const [seen, page] = await Promise.all([
      api.get<Supervision>("supervision"),
      api.get<{ items: Frame[] }>(`supervision/events?newest_first=true&notable=true&limit=${PAGE}`),
    ]);
    batch(() => {
      show(seen);
      timeline.value = timelineOf(page.items);
    });
    const came = meanwhile;
    meanwhile = null;
    take(came);
  } catch (error) {
    known = meanwhile = null;
    loadError.value = error;
    // Samples mean nothing now, and the socket may stay as it is: nobody else would ask.
    if (watchers) again = setTimeout(() => void look(), LOOK_AGAIN_MS);
  }
});

function show(seen: Supervision): void {
  setClock(seen.at, watchers > 0);
  known = seen.seq;
  const next = treeOf(seen.root);
  setNodes(next, next.nodes.keys());
  tree.value = next;
  forgetGone();
  loopLagMs.value = seen.loop_lag_ms;
  deadLetters.value = seen.dead_letters;
  pool.value = seen.pool;
  showLists(seen);
  isLoaded.value = true;
  loadError.value = null;
}

function showLists(seen: Supervision): void {
  letters.value = seen.recent_dead_letters;
  processes.value = seen.owned_processes;
}

/** Dead letters and processes are not told in samples: read again by whoever shows them. */
export const refreshLists = refetching(async () => {
  try {
    showLists(await api.get<Supervision>("supervision"));
  } catch {
    // The connection banner says it; what is shown is as old as the rest.
  }
});

function take(frames: readonly Heard[]): void {
  batch(() => {
    timeline.value = heard(timeline.value, frames.filter((frame) => frame.type === "supervision_event"));
    for (const frame of frames) if (frame.type === "supervision_sample") apply(frame);
    forgetGone();
  });
}

function apply(sample: SupervisionSample): void {
  if (known === null || sample.seq <= known) return;
  if (sample.since > known) {
    void look();
    return;
  }
  known = sample.seq;
  setClock(sample.at, watchers > 0);
  if (sample.nodes.length || sample.gone.length) {
    const joined = join(tree.value, sample);
    setNodes(joined.tree, joined.changed);
    tree.value = joined.tree;
  }
  loopLagMs.value = sample.loop_lag_ms;
  deadLetters.value = sample.dead_letters;
  if (sample.pool) pool.value = sample.pool;
}

function setNodes(next: ActorTree, paths: Iterable<string>): void {
  for (const path of paths) {
    const node = next.nodes.get(path);
    if (!node) continue;
    const shown = nodes.get(path);
    if (shown) shown.value = node;
    else nodes.set(path, signal(node));
  }
}

/** At the end of a batch: one that was gone and came back within it keeps the signal that its row reads. */
function forgetGone(): void {
  if (nodes.size === tree.value.nodes.size) return;
  for (const path of nodes.keys()) if (!tree.value.nodes.has(path)) nodes.delete(path);
}

/** What happened before the oldest line of the timeline. */
export async function loadOlder(): Promise<void> {
  const oldest = timeline.value.events.at(-1);
  if (!oldest) return;
  const query = `newest_first=true&notable=true&limit=${PAGE}&before=${oldest.seq}`;
  const page = await api.get<{ items: Frame[] }>(`supervision/events?${query}`);
  timeline.value = older(timeline.value, page.items);
}
