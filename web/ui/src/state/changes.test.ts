import { describe, expect, it } from "vitest";
import { ApiError } from "../net/api";
import {
  conflictsOf,
  conflictWords,
  FILTERS,
  isQuotedName,
  nameOf,
  opWord,
  plural,
  quoteOf,
  stateWord,
  tierWord,
  totalsOf,
  withoutConflicts,
} from "./changes";
import { changesNothing, checkpointWords, wayBack } from "./checkpoints";
import type { Checkpoint, PendingChange, RestorePreview } from "../wire/types";

const change = (fields: Partial<PendingChange>): PendingChange => ({
  id: fields.path ?? "c", session_id: "s", path: "a.txt", old_path: null, op: "edit", agent: "practice", state: "pending", diff: "", binary: false,
  additions: 1, deletions: 2, task_id: null, created_at: null, error: null, message_id: null, tier: null, score: null, base_changed: false, ...fields,
});

const checkpoint = (id: string, kind: Checkpoint["kind"], chat = "c1"): Checkpoint => ({
  id, session_id: "s", chat_id: chat, message_id: null, task_id: null, agent: null, kind, commit: "", ref: "", left_out: [], created_at: "", title: null,
});

describe("conflictWords", () => {
  it.each([
    "changed", "deleted", "exists", "is a directory", "not a regular file", "parent is a symbolic link", "parent is not a directory",
    "outside the project", "inside .git", "a nested repository", "changed twice in one set",
  ])("says what was found and what to do: %s", (reason) => {
    const { path, what, todo } = conflictWords({ path: "a.txt", reason });
    expect(path).toBe("a.txt");
    expect(what).toMatch(/^[A-Z].*\.$/);
    expect(what).not.toContain("refused");
    expect(todo).toMatch(/^[A-Z].*\.$/);
  });

  it("passes on what the server found in a file, over several lines too", () => {
    const { what } = conflictWords({ path: "a", reason: "changed: line 3 is now 'x', and would be lost" });
    expect(what).toBe("You have changed it too: line 3 is now 'x', and would be lost.");
    expect(conflictWords({ path: "a", reason: "changed: one\ntwo" }).what).toContain("one\ntwo");
    expect(conflictWords({ path: "a", reason: "something new" }).what).toBe("It was refused: something new.");
  });

  it("leaves those that nothing is in the way of, by either name of a rename", () => {
    const changes = [change({ path: "a" }), change({ path: "b" }), change({ path: "new", old_path: "old" })];
    const left = withoutConflicts(changes, [{ path: "a", reason: "changed" }, { path: "old", reason: "deleted" }]);
    expect(left.map((each) => each.path)).toEqual(["b"]);
  });

  it("reads conflicts out of a refusal, and none out of anything else", () => {
    const conflicts = [{ path: "a", reason: "changed" }];
    expect(conflictsOf(new ApiError(409, { conflicts }))).toEqual(conflicts);
    expect(conflictsOf(new ApiError(500, {}))).toEqual([]);
    expect(conflictsOf(new TypeError("x"))).toEqual([]);
  });
});

describe("words of a change", () => {
  it("names both names of a rename, and one of anything else", () => {
    expect(nameOf(change({ path: "b", old_path: "a", op: "rename" }))).toBe("a → b");
    expect(nameOf(change({ path: "b", old_path: "b" }))).toBe("b");
  });

  it.each([
    [null, null, null],
    ["exact", 1, "exact"],
    ["trim", 1, "other blanks"],
    ["canon", null, "other characters"],
    ["fuzzy", 0.923, "similar lines, 92 % alike"],
    ["fuzzy", null, "similar lines"],
  ] as const)("tells how it was found: %s %s", (tier, score, word) => {
    expect(tierWord({ tier, score })?.word ?? null).toBe(word);
    expect(tierWord({ tier, score })?.isCertain ?? true).toBe(tier !== "fuzzy");
  });

  it("knows a name that git has quoted", () => {
    expect(isQuotedName('"caf\\351.txt"')).toBe(true);
    expect(isQuotedName('"quoted".txt')).toBe(false);
    expect(isQuotedName("plain.txt")).toBe(false);
  });

  it("has a word for each state and operation", () => {
    expect(FILTERS.map(({ value }) => value)).toEqual(["pending", "applied", "rejected", "rewound", "superseded", "failed", "all"]);
    expect(stateWord("rewound")).toBe("Taken back");
    for (const op of ["create", "edit", "delete", "rename", "chmod"] as const) expect(opWord(op).sentence).toMatch(/^[A-Z]/);
  });

  it("counts files once, and lines of all", () => {
    expect(totalsOf([change({ path: "a" }), change({ path: "a" }), change({ path: "b" })])).toEqual({ files: 2, additions: 3, deletions: 6 });
    expect([plural(1, "file"), plural(2, "file"), plural(1234, "line")]).toEqual(["1 file", "2 files", "1,234 lines"]);
  });

  it.each([
    [1, 1, "a.txt:1\n> +x\n\n"],
    [1, 3, "a.txt:1-3\n> +x\n\n"],
    [null, null, "a.txt\n> +x\n\n"],
  ])("quotes lines with where they are (%s to %s)", (from, to, quote) => {
    expect(quoteOf("a.txt", ["+x"], from, to)).toBe(quote);
  });

  it("quotes a whole file by its name alone", () => {
    expect(quoteOf("a.png", [], null, null)).toBe("a.png\n\n");
  });
});

describe("checkpoints", () => {
  it("offer the way back until something else was kept in that chat", () => {
    const [turn, safety] = [checkpoint("1", "turn"), checkpoint("2", "safety")];
    expect(wayBack([turn, safety], "c1")?.id).toBe("2");
    expect(wayBack([turn, safety, checkpoint("3", "turn", "c2")], "c1")?.id).toBe("2");
    expect(wayBack([turn, safety, checkpoint("3", "turn")], "c1")).toBeNull();
    expect(wayBack([turn], "c1")).toBeNull();
    expect(wayBack([], "c1")).toBeNull();
  });

  it("are called after what came next", () => {
    expect(checkpointWords({ ...checkpoint("1", "turn"), title: "fix it", agent: "practice" }).title).toBe("Before “fix it”");
    expect(checkpointWords(checkpoint("1", "turn")).title).toBe("Before a prompt");
    expect(checkpointWords(checkpoint("1", "safety")).title).toBe("Before going back");
    expect(checkpointWords(checkpoint("1", "manual")).title).toBe("Taken by you");
  });

  it("change nothing when neither a file nor a message would move", () => {
    const preview: RestorePreview = {
      checkpoint: checkpoint("1", "turn"), written: [], deleted: [], kept: [], kept_ignored: ["x"], head_moved: 0, hidden_messages: [], shown_messages: [], safety: null,
    };
    expect(changesNothing(preview)).toBe(true);
    for (const field of ["written", "deleted", "hidden_messages", "shown_messages"] as const) {
      expect(changesNothing({ ...preview, [field]: ["a"] })).toBe(false);
    }
  });
});
