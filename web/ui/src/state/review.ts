/**
 * The changes of one session, as they wait for a person or as they were decided, and deciding on them.
 *
 * The server's rows are the truth: after each decision, and whenever a frame says that something changed, they are read
 * again. What went wrong is kept until the next attempt.
 */

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { api, pathOf } from "../net/api";
import { reconnections } from "../net/live";
import type { ConflictItem, PendingChange } from "../wire/types";
import { conflictsOf, withoutConflicts, type Filter } from "./changes";
import { refetching } from "./refetch";
import { onSessionNews } from "./sessionNews";

/** Of what was decided, so many of the newest. */
export const MOST_DECIDED = 200;

export type Doing = "apply" | "reject" | "rewind";

export interface Refusal {
  doing: Doing;
  error: unknown;
  conflicts: readonly ConflictItem[];
  /** Could be applied without those that are in the way. */
  others: readonly PendingChange[];
}

/** What a dry run said of a change. */
export type Verdict = { is: "asking" } | { is: "fits"; change: PendingChange } | { is: "refused"; conflicts: readonly ConflictItem[]; error: unknown };

export class ReviewStore {
  readonly filter = signal<Filter>("pending");
  readonly changes = signal<readonly PendingChange[]>([]);
  readonly isLoaded = signal(false);
  readonly error = signal<unknown>(null);
  readonly refusal = signal<Refusal | null>(null);
  /** By the id of the change. */
  readonly verdicts = signal<ReadonlyMap<string, Verdict>>(new Map());
  private readonly doing = signal<ReadonlySet<string>>(new Set());
  /** The last of them was applied last, here. */
  private readonly applied: (readonly PendingChange[])[] = [];
  private readonly ends: (() => void)[] = [];
  readonly isBusy: ReadonlySignal<boolean> = computed(() => this.doing.value.size > 0);

  constructor(readonly sessionId: string) {
    let seen = reconnections.peek();
    this.ends.push(
      onSessionNews((news) => {
        if (news.session_id === sessionId && news.type !== "checkpoint_created") void this.load();
      }),
      reconnections.subscribe((count) => {
        if (count !== seen) void this.load();
        seen = count;
      }),
    );
    void this.load();
  }

  close(): void {
    for (const end of this.ends.splice(0)) end();
  }

  readonly load: () => Promise<void> = refetching(async () => {
    const filter = this.filter.peek();
    const query = filter === "pending" ? "" : `?state=${filter}&limit=${MOST_DECIDED}`;
    try {
      const changes = await api.get<PendingChange[]>(this.path() + query);
      if (this.filter.peek() !== filter) return;
      this.changes.value = filter === "pending" ? changes : changes.reverse();
      this.error.value = null;
      this.isLoaded.value = true;
      this.verdicts.value = new Map();
    } catch (error) {
      this.error.value = error;
    }
  });

  show(filter: Filter): Promise<void> {
    this.filter.value = filter;
    this.changes.value = [];
    this.isLoaded.value = false;
    this.refusal.value = null;
    return this.load();
  }

  isDoing = (id: string): boolean => this.doing.value.has(id);

  /** `hunks`: of its diff, counted from 0; all of it when left out. False: it was refused. */
  decide(doing: Doing, change: PendingChange, hunks?: readonly number[]): Promise<boolean> {
    return this.attempt(doing, [change], async () => {
      const body = hunks ? { hunks } : {};
      this.remember(doing, await api.post<PendingChange[]>(pathOf("pending", change.id, doing), body));
    });
  }

  /** All or none of them. */
  applyAll(changes: readonly PendingChange[]): Promise<boolean> {
    return this.attempt("apply", changes, async () => {
      const ids = changes.map((change) => change.id);
      this.remember("apply", await api.post<PendingChange[]>(`${this.path()}/apply`, { ids }));
    });
  }

  /** One after the other, up to the first that is refused. */
  rejectAll(changes: readonly PendingChange[]): Promise<boolean> {
    return this.attempt("reject", changes, async () => {
      for (const change of changes) await api.post(pathOf("pending", change.id, "reject"));
    });
  }

  /** What applying all of them would do; throws an ApiError. */
  tryAll(changes: readonly PendingChange[]): Promise<PendingChange[]> {
    return api.post<PendingChange[]>(`${this.path()}/apply`, { ids: changes.map((change) => change.id), dry_run: true });
  }

  /** What was applied last, here; else the newest that is applied. `isSure`: it is known to be the last. */
  async lastApplied(): Promise<{ changes: readonly PendingChange[]; isSure: boolean }> {
    const last = this.applied.at(-1);
    if (last) return { changes: last, isSure: true };
    return { changes: await api.get<PendingChange[]>(`${this.path()}?state=applied&limit=1`), isSure: false };
  }

  /** Takes them out of the project again, the last one first. */
  undo(changes: readonly PendingChange[]): Promise<boolean> {
    return this.attempt("rewind", changes, async () => {
      for (const change of [...changes].reverse()) {
        this.remember("rewind", await api.post<PendingChange[]>(pathOf("pending", change.id, "rewind")));
      }
    });
  }

  /** Asks once whether it still fits; changes nothing. */
  async check(change: PendingChange): Promise<void> {
    if (this.verdicts.peek().has(change.id)) return;
    this.tell(change.id, { is: "asking" });
    try {
      const [would] = await api.post<PendingChange[]>(pathOf("pending", change.id, "apply"), { dry_run: true });
      this.tell(change.id, { is: "fits", change: would ?? change });
    } catch (error) {
      this.tell(change.id, { is: "refused", conflicts: conflictsOf(error), error });
    }
  }

  private tell(id: string, verdict: Verdict): void {
    this.verdicts.value = new Map([...this.verdicts.peek(), [id, verdict]]);
  }

  private remember(doing: Doing, decided: readonly PendingChange[]): void {
    if (doing === "apply") this.applied.push(decided.filter((change) => change.state === "applied"));
    if (doing !== "rewind") return;
    const gone = new Set(decided.map((change) => change.id));
    for (const [at, group] of this.applied.entries()) this.applied[at] = group.filter((change) => !gone.has(change.id));
    while (this.applied.length && !this.applied.at(-1)?.length) this.applied.pop();
  }

  private async attempt(doing: Doing, changes: readonly PendingChange[], work: () => Promise<void>): Promise<boolean> {
    const ids = changes.map((change) => change.id);
    if (ids.some((id) => this.doing.peek().has(id))) return false;
    this.doing.value = new Set([...this.doing.peek(), ...ids]);
    this.refusal.value = null;
    let refusal: Refusal | null = null;
    try {
      await work();
    } catch (error) {
      const conflicts = conflictsOf(error);
      const others = doing === "apply" && conflicts.length ? withoutConflicts(changes, conflicts) : [];
      refusal = { doing, error, conflicts, others };
    }
    await this.load();
    this.doing.value = new Set([...this.doing.peek()].filter((id) => !ids.includes(id)));
    this.refusal.value = refusal;
    return refusal === null;
  }

  private path = (): string => pathOf("sessions", this.sessionId, "pending");
}
