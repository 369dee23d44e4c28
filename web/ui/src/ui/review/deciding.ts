/** What buttons and keys do alike: decide, say what came of it, and leave the focus where one goes on. */

import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useMemo } from "preact/hooks";
import { nameOf, plural } from "../../state/changes";
import type { Hunk } from "../../state/diff";
import type { Doing, ReviewStore } from "../../state/review";
import type { PendingChange } from "../../wire/types";
import { announce } from "../common/announce";
import { confirm } from "../common/confirm";
import { toast, toastError } from "../common/toast";
import { focusStop, placeOf, rememberPlace } from "./stops";
import { uncertain } from "./uncertain";

export interface Comment {
  change: PendingChange;
  lines: readonly string[];
  from: number | null;
  to: number | null;
}

export interface Deciding {
  decide(doing: Doing, change: PendingChange, hunks?: readonly number[]): Promise<void>;
  applyAll(changes: readonly PendingChange[]): Promise<void>;
  rejectAll(changes: readonly PendingChange[]): Promise<void>;
  undo(): Promise<void>;
  comment(comment: Comment): void;
  commentOnHunk(change: PendingChange, hunk: Hunk): void;
  store: ReviewStore;
}

const DONE: Record<Doing, string> = { apply: "applied", reject: "rejected", rewind: "taken out of your project" };

export function useDeciding(store: ReviewStore, root: RefObject<HTMLElement | null>, comment: Signal<Comment | null>): Deciding {
  return useMemo(() => makeDeciding(store, root, comment), [store]);
}

function makeDeciding(store: ReviewStore, root: RefObject<HTMLElement | null>, comment: Signal<Comment | null>): Deciding {
  /** The focus was on what is gone now: it goes to what stands there. */
  const keepingFocus = async (work: () => Promise<boolean>): Promise<boolean> => {
    const place = rememberPlace(root.current);
    const isDone = await work();
    if (place) requestAnimationFrame(() => focusStop(root.current, place));
    return isDone;
  };
  const undo = async (): Promise<void> => {
    try {
      const { changes, isSure } = await store.lastApplied();
      const [first] = changes;
      if (!first) return toast("Nothing of this session is applied: there is nothing to undo.");
      if (!isSure && !(await confirm({ title: `Take ${nameOf(first)} back?`, body: "It leaves your project again. What you wrote there yourself is never lost: then it is refused.", action: "Take back" }))) return;
      const isDone = await keepingFocus(() => store.undo(changes));
      if (isDone) toast(`${changes.length > 1 ? plural(changes.length, "change") : nameOf(first)} ${DONE.rewind}.`);
    } catch (error) {
      toastError(error);
    }
  };
  return {
    store,
    undo,
    comment: (about) => (comment.value = about),
    commentOnHunk: (change, hunk) => (comment.value = { change, ...selectedIn(hunk, placeOf(root.current)?.element) }),
    decide: async (doing, change, hunks) => {
      const isDone = await keepingFocus(() => store.decide(doing, change, hunks));
      const what = hunks ? `Hunk ${hunks.map((n) => n + 1).join(", ")} of ${nameOf(change)}` : nameOf(change);
      // It has left the list before their eyes, and the toolbar offers to undo it.
      if (isDone) announce(`${what} is ${DONE[doing]}.`);
    },
    applyAll: async (changes) => {
      if (!(await isMeant(store, changes))) return;
      const isDone = await keepingFocus(() => store.applyAll(changes));
      if (isDone) toast(`${plural(changes.length, "change")} applied. You can undo it.`);
    },
    rejectAll: async (changes) => {
      const isSure = await confirm({
        title: `Reject ${plural(changes.length, "change")}?`,
        body: "They leave this list and do not reach your project. The agent's worktree keeps its files as they are.",
        action: "Reject all",
        danger: true,
      });
      if (!isSure) return;
      const isDone = await keepingFocus(() => store.rejectAll(changes));
      if (isDone) toast(`${plural(changes.length, "change")} rejected.`);
    },
  };
}

/** Where the project has changed, a dry run tells which lines were found by likeness alone: a person looks at these first. */
async function isMeant(store: ReviewStore, changes: readonly PendingChange[]): Promise<boolean> {
  if (!changes.some((change) => change.base_changed)) return true;
  try {
    const doubtful = uncertain(await store.tryAll(changes));
    if (!doubtful) return true;
    return await confirm({ title: "Apply all of them?", body: doubtful, action: "Apply all" });
  } catch {
    return true; // refused: applying says why, with everything about it
  }
}

/** The lines that are marked in a hunk, all of it when none are. */
function selectedIn(hunk: Hunk, element: HTMLElement | undefined): Omit<Comment, "change"> {
  const marked = getSelection();
  const isInside = marked && !marked.isCollapsed && element?.contains(marked.anchorNode) && element.contains(marked.focusNode);
  if (isInside) return { lines: marked.toString().split("\n").filter(Boolean), from: null, to: null };
  const signs = { same: " ", added: "+", removed: "-" } as const;
  return {
    lines: hunk.lines.map((line) => signs[line.kind] + line.text),
    from: hunk.newStart,
    to: hunk.newStart + Math.max(hunk.newCount, 1) - 1,
  };
}
