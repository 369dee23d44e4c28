import { describe, expect, it } from "vitest";
import { pairLines, parseDiff, type DiffLine, type ParsedDiff } from "./diff";
import { changedWords } from "./emphasis";
import { commonRuns } from "./sequence";
import { diffTexts } from "./textDiff";
import { visiblePieces } from "./unseen";

const HEAD = "diff --git a/f b/f\nindex 1111111..2222222 100644\n--- a/f\n+++ b/f\n";

const allLines = (diff: ParsedDiff): DiffLine[] => diff.hunks.flatMap((hunk) => [...hunk.lines]);
const shape = (line: DiffLine): string =>
  `${{ same: " ", added: "+", removed: "-" }[line.kind]}${line.oldNumber ?? "."}/${line.newNumber ?? "."} ${line.text}`;

/** The same numbers for the same seed. */
function* randoms(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}

describe("parseDiff", () => {
  it("numbers the lines of both files", () => {
    const diff = parseDiff(`${HEAD}@@ -3,4 +3,5 @@ def f():\n same\n-old\n+new\n+more\n tail\n end\n`);
    expect(diff.hunks).toHaveLength(1);
    expect(diff.hunks[0]?.section).toBe("def f():");
    expect(allLines(diff).map(shape)).toEqual([" 3/3 same", "-4/. old", "+./4 new", "+./5 more", " 5/6 tail", " 6/7 end"]);
    expect(diff).toMatchObject({ notes: [], isCut: false, canBeParted: true, lineCount: 6 });
  });

  it("counts lines instead of reading headers out of what was removed", () => {
    const diff = parseDiff(`${HEAD}@@ -1,2 +1,2 @@\n--- a/f\n-@@ -1 +1 @@\n+++ b/f\n+diff --git a b\n@@ -9 +9 @@\n-x\n+y\n`);
    expect(diff.hunks).toHaveLength(2);
    expect(allLines(diff).map((line) => line.text)).toEqual(["-- a/f", "@@ -1 +1 @@", "++ b/f", "diff --git a b", "x", "y"]);
    expect(diff.canBeParted).toBe(true);
  });

  it.each([
    ["nothing", "", []],
    ["a mode", "diff --git a/f b/f\nold mode 100644\nnew mode 100755\n", ["It was an ordinary file and becomes an executable file."]],
    ["a new link", "diff --git a/l b/l\nnew file mode 120000\nindex 0..1\n", ["It is a symbolic link."]],
    ["a new ordinary file", "diff --git a/l b/l\nnew file mode 100644\n", []],
    ["a whole rename", "diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n", []],
    ["a rename with edits", "diff --git a/a b/b\nsimilarity index 87%\nrename from a\nrename to b\n", ["87% of it is as before."]],
    ["binary", "diff --git a/f b/f\nindex 1..2 100644\nBinary files a/f and b/f differ\n", ["A binary file: there are no lines to show."]],
    ["another repository", "diff --git a/m b/m\nnew file mode 160000\n", ["It is another repository."]],
  ])("tells %s in words and has no lines", (_, text, notes) => {
    expect(parseDiff(text)).toMatchObject({ hunks: [], notes, lineCount: 0 });
  });

  it("marks the last line that has no newline, on each side", () => {
    const diff = parseDiff(`${HEAD}@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n`);
    expect(allLines(diff).map((line) => [line.text, line.hasNoNewline])).toEqual([["a", true], ["b", true]]);
    expect(diff.canBeParted).toBe(true);
  });

  it("keeps a carriage return out of the text and remembers it", () => {
    const diff = parseDiff(`${HEAD}@@ -1,2 +1,2 @@ \r\n-a\r\n+a\n b\r\n`);
    expect(allLines(diff).map((line) => [line.text, line.hasReturn])).toEqual([["a", true], ["a", false], ["b", true]]);
  });

  it("is not parted where its end was cut off, or where it is two patches", () => {
    const cut = parseDiff(`${HEAD}@@ -1,9 +1,9 @@\n a\n-b\n\\ BooCode: the rest of this diff is too long to be shown.\n`);
    expect(cut).toMatchObject({ isCut: true, canBeParted: false, lineCount: 2 });
    expect(cut.notes).toEqual(["The rest of this diff is too long to be shown."]);
    expect(allLines(cut).some((line) => line.hasNoNewline)).toBe(false);
    const link = parseDiff(
      "diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n" +
        "diff --git a/f b/f\nnew file mode 120000\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n",
    );
    expect(link.hunks).toHaveLength(2);
    expect(link.canBeParted).toBe(false);
    expect(link.notes).toEqual(["It is a symbolic link."]);
    expect(link.hunks[1]?.lines[0]).toMatchObject({ text: "target", newNumber: 1, hasNoNewline: true });
  });

  it("reads a huge one in no time that grows faster than it does", () => {
    const body = Array.from({ length: 200_000 }, (_, n) => `+line ${n}`).join("\n");
    const diff = parseDiff(`${HEAD}@@ -0,0 +1,200000 @@\n${body}\n`);
    expect(diff.lineCount).toBe(200_000);
    expect(diff.hunks[0]?.lines.at(-1)).toMatchObject({ newNumber: 200_000, text: "line 199999" });
  });

  it("throws at nothing", () => {
    for (const text of ["@@", "@@ -1 +1 @@", "@@ -1,5 +1 @@\n+a", "\\ No newline", "@@ -1 +1 @@\n\\ x", "\n\n", "@@ -0,0 +0,0 @@\n+x"]) {
      expect(() => parseDiff(text)).not.toThrow();
    }
  });
});

describe("diffTexts and pairLines, for many random texts", () => {
  const next = randoms(7);
  const some = (most: number): number => Math.floor((next.next().value ?? 0) * most);
  const text = (): string => {
    const lines = Array.from({ length: some(40) }, () => "abcdef"[some(6)] + (some(4) ? "" : "\r"));
    return lines.join("\n") + (lines.length && some(3) ? "\n" : "");
  };
  const back = (diff: ParsedDiff, side: "added" | "removed"): string =>
    allLines(diff)
      .filter((line) => line.kind === side || line.kind === "same")
      .map((line) => line.text + (line.hasReturn ? "\r" : "") + (line.hasNoNewline ? "" : "\n"))
      .join("");

  it.each(Array.from({ length: 60 }, (_, n) => n))("keeps both files in the lines it shows (%i)", () => {
    const [before, after] = [text(), text()];
    // All of a short file is context.
    const [whole, changed] = [diffTexts(before, after), before !== after];
    expect(whole.hunks.length > 0).toBe(changed);
    for (const hunk of whole.hunks) {
      const oldLines = before.split("\n");
      const newLines = after.split("\n");
      for (const line of hunk.lines) {
        const raw = line.text + (line.hasReturn ? "\r" : "");
        if (line.oldNumber !== null) expect(oldLines[line.oldNumber - 1]).toBe(raw);
        if (line.newNumber !== null) expect(newLines[line.newNumber - 1]).toBe(raw);
      }
      const pairs = pairLines(hunk.lines);
      expect(pairs.flatMap((pair) => pair.left ?? [])).toEqual(hunk.lines.filter((line) => line.kind !== "added"));
      expect(pairs.flatMap((pair) => pair.right ?? [])).toEqual(hunk.lines.filter((line) => line.kind !== "removed"));
    }
    const added = allLines(whole).filter((line) => line.kind === "added").length;
    const removed = allLines(whole).filter((line) => line.kind === "removed").length;
    expect(count(after) - count(before)).toBe(added - removed);
    if (before === "") expect(back(whole, "added")).toBe(after);
    if (after === "") expect(back(whole, "removed")).toBe(before);
  });

  const count = (file: string): number => (file ? file.replace(/\n$/, "").split("\n").length : 0);

  it("shows far apart changes as hunks of their own, with three lines around each", () => {
    const before = Array.from({ length: 40 }, (_, n) => `line ${n + 1}\n`).join("");
    const after = before.replace("line 5\n", "LINE 5\n").replace("line 30\n", "");
    expect(diffTexts(before, after).hunks.map((hunk) => [hunk.oldStart, hunk.oldCount, hunk.newStart, hunk.newCount])).toEqual([
      [2, 7, 2, 7],
      [27, 7, 27, 6],
    ]);
  });

  it("shows a file without an old text as new", () => {
    expect(allLines(diffTexts(null, "a\nb")).map(shape)).toEqual(["+./1 a", "+./2 b"]);
    expect(diffTexts(null, "").notes).toEqual(["A new, empty file."]);
    expect(diffTexts("a\n", "a\n").notes).toEqual(["Nothing differs."]);
  });
});

describe("commonRuns", () => {
  const next = randoms(11);
  const some = (most: number): number => Math.floor((next.next().value ?? 0) * most);

  it.each(Array.from({ length: 40 }, (_, n) => n))("finds as much in common as there is (%i)", () => {
    const a = Array.from({ length: some(14) }, () => "xyz"[some(3)] ?? "");
    const b = Array.from({ length: some(14) }, () => "xyz"[some(3)] ?? "");
    const runs = commonRuns(a, b, 100) ?? [];
    let [lastA, lastB] = [0, 0];
    for (const run of runs) {
      expect(run.a >= lastA && run.b >= lastB && run.length > 0).toBe(true);
      expect(a.slice(run.a, run.a + run.length)).toEqual(b.slice(run.b, run.b + run.length));
      [lastA, lastB] = [run.a + run.length, run.b + run.length];
    }
    expect(runs.reduce((sum, run) => sum + run.length, 0)).toBe(longestCommon(a, b));
  });

  it("gives up where almost nothing is the same", () => {
    const a = Array.from({ length: 500 }, (_, n) => `a${n}`);
    expect(commonRuns(a, a.map((word) => `${word}!`), 50)).toBeNull();
    expect(commonRuns([], ["x", "y"], 1)).toBeNull();
    expect(commonRuns([], ["x"], 1)).toEqual([]);
  });

  /** By the book, for comparison. */
  function longestCommon(a: readonly string[], b: readonly string[]): number {
    const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
    for (let i = 1; i <= a.length; i += 1) {
      for (let j = 1; j <= b.length; j += 1) {
        const [up, left, corner] = [table[i - 1]?.[j] ?? 0, table[i]?.[j - 1] ?? 0, table[i - 1]?.[j - 1] ?? 0];
        (table[i] ?? [])[j] = a[i - 1] === b[j - 1] ? corner + 1 : Math.max(up, left);
      }
    }
    return table[a.length]?.[b.length] ?? 0;
  }
});

describe("changedWords", () => {
  const marked = (line: string, spans: readonly (readonly [number, number])[]): string[] => spans.map(([from, to]) => line.slice(from, to));

  it.each([
    ["const a = 1;", "const a = 2;", ["1"], ["2"]],
    ["return foo(bar)", "return foo(bar, baz)", [], [", baz"]],
    ["  indented", "    indented", ["  "], ["    "]],
  ])("%s → %s", (before, after, left, right) => {
    const words = changedWords(before, after);
    expect(marked(before, words?.before ?? [])).toEqual(left);
    expect(marked(after, words?.after ?? [])).toEqual(right);
  });

  it("says nothing of lines that are not alike, the same, or too long", () => {
    expect(changedWords("alpha beta", "one two three")).toBeNull();
    expect(changedWords("same", "same")).toBeNull();
    expect(changedWords("x".repeat(401), "x".repeat(402))).toBeNull();
  });
});

describe("visiblePieces", () => {
  it("names what cannot be seen", () => {
    expect(visiblePieces("if (a\u202e) {")).toEqual([
      { text: "if (a", isUnseen: false },
      { text: "U+202E", isUnseen: true },
      { text: ") {", isUnseen: false },
    ]);
    expect(visiblePieces("plain\ttext ✓ é")).toEqual([{ text: "plain\ttext ✓ é", isUnseen: false }]);
    expect(visiblePieces("")).toEqual([]);
  });
});
