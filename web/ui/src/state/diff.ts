/**
 * A unified diff of one file, taken apart for drawing: hunks of numbered lines, and all else it says in words.
 *
 * A hunk's lines are counted by its heading, never guessed by how a line begins, so a removed line `-- a` is no header.
 * Nothing is thrown: what does not read as a diff is kept as a note.
 */

export interface DiffLine {
  kind: "same" | "added" | "removed";
  /** Without its sign and without its line ending. */
  text: string;
  /** Line numbers from 1; null: not in that file. */
  oldNumber: number | null;
  newNumber: number | null;
  /** The last line of its file, with no newline behind it. */
  hasNoNewline: boolean;
  /** It ends in CR LF. */
  hasReturn: boolean;
}

export interface Hunk {
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
  /** What git found it to be in: the line of a function, mostly. */
  section: string;
  lines: readonly DiffLine[];
}

export interface ParsedDiff {
  hunks: readonly Hunk[];
  /** What its heading says beside the names, in words: modes, renames, binary. */
  notes: readonly string[];
  /** Its rest is not here: the server cut it, so hunks cannot be decided on one by one. */
  isCut: boolean;
  /** Whether the server can take it hunk by hunk: it is whole, and one patch. */
  canBeParted: boolean;
  lineCount: number;
}

/** A row of the side-by-side view; null: nothing on that side. */
export interface LinePair {
  left: DiffLine | null;
  right: DiffLine | null;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?([^]*)$/;
const CUT = "\\ BooCode: ";
const NO_NEWLINE = "\\ ";

/** Linear in the text's length. */
export function parseDiff(text: string): ParsedDiff {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const hunks: Hunk[] = [];
  const header: string[] = [];
  let isCut = false;
  let patches = 0;
  let isStrange = false;
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const head = HUNK.exec(line);
    if (head) {
      const read = readHunk(head, lines, at + 1);
      hunks.push(read.hunk);
      isStrange ||= !read.isWhole;
      at = read.next;
      continue;
    }
    if (line.startsWith(CUT)) isCut = true;
    if (line.startsWith("diff --git ")) patches += 1;
    else if (hunks.length && !line.startsWith(CUT)) isStrange ||= patches < 2;
    header.push(line);
    at += 1;
  }
  return {
    hunks,
    notes: notesOf(header),
    isCut,
    canBeParted: !isCut && !isStrange && patches < 2,
    lineCount: hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0),
  };
}

interface Read {
  hunk: Hunk;
  next: number;
  isWhole: boolean;
}

function readHunk(head: RegExpExecArray, lines: readonly string[], start: number): Read {
  const count = (text: string | undefined): number => (text === undefined ? 1 : Number(text));
  const hunk = {
    oldStart: Number(head[1]),
    oldCount: count(head[2]),
    newStart: Number(head[3]),
    newCount: count(head[4]),
    section: withoutReturn(head[5] ?? ""),
    lines: [] as DiffLine[],
  };
  let oldLeft = hunk.oldCount;
  let newLeft = hunk.newCount;
  let at = start;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const sign = line[0] ?? " "; // some programs strip the blank of an empty line
    if (line.startsWith(NO_NEWLINE) && !line.startsWith(CUT)) {
      const last = hunk.lines.at(-1);
      if (last) last.hasNoNewline = true;
      continue;
    }
    if (oldLeft <= 0 && newLeft <= 0) break;
    if (sign !== " " && sign !== "+" && sign !== "-") break;
    const isOld = sign !== "+";
    const isNew = sign !== "-";
    hunk.lines.push({
      kind: sign === "+" ? "added" : sign === "-" ? "removed" : "same",
      text: withoutReturn(line.slice(1)),
      oldNumber: isOld ? hunk.oldStart + hunk.oldCount - oldLeft : null,
      newNumber: isNew ? hunk.newStart + hunk.newCount - newLeft : null,
      hasNoNewline: false,
      hasReturn: line.endsWith("\r"),
    });
    if (isOld) oldLeft -= 1;
    if (isNew) newLeft -= 1;
  }
  return { hunk, next: at, isWhole: oldLeft === 0 && newLeft === 0 };
}

const withoutReturn = (text: string): string => (text.endsWith("\r") ? text.slice(0, -1) : text);

/** What the row above a diff says already. */
const NOISE = /^(diff --git |index [0-9a-f]+\.\.|--- |\+\+\+ |rename (from|to) |similarity index 100%|$)/;
const KIND_OF_MODE: Record<string, string> = {
  "100644": "an ordinary file",
  "100755": "an executable file",
  "120000": "a symbolic link",
  "160000": "another repository",
};

function notesOf(header: readonly string[]): string[] {
  const notes: string[] = [];
  let oldMode = "";
  for (const line of header) {
    const mode = /^(old mode|new mode|new file mode|deleted file mode) (\d{6})$/.exec(line);
    if (mode) {
      const [, what = "", digits = ""] = mode;
      const kind = KIND_OF_MODE[digits] ?? `mode ${digits}`;
      if (what === "old mode") oldMode = kind;
      else if (what === "new mode") notes.push(`It was ${oldMode} and becomes ${kind}.`);
      else if (digits !== "100644") notes.push(what === "new file mode" ? `It is ${kind}.` : `It was ${kind}.`);
    } else if (line.startsWith("similarity index ")) {
      if (!NOISE.test(line)) notes.push(`${line.slice("similarity index ".length)} of it is as before.`);
    } else if (/^(Binary files .* differ|GIT binary patch)$/.test(line)) {
      notes.push("A binary file: there are no lines to show.");
    } else if (line.startsWith(CUT)) {
      const words = line.slice(CUT.length);
      notes.push(words.charAt(0).toUpperCase() + words.slice(1));
    } else if (!NOISE.test(line)) {
      notes.push(line);
    }
  }
  return notes;
}

/** Removed lines stand beside the added ones that take their place; the longer of the two has nothing beside its end. */
export function pairLines(lines: readonly DiffLine[]): LinePair[] {
  const pairs: LinePair[] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = (): void => {
    for (let n = 0; n < Math.max(removed.length, added.length); n += 1) {
      pairs.push({ left: removed[n] ?? null, right: added[n] ?? null });
    }
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === "same") {
      flush();
      pairs.push({ left: line, right: line });
    } else if (line.kind === "removed") {
      if (added.length) flush();
      removed.push(line);
    } else {
      added.push(line);
    }
  }
  flush();
  return pairs;
}
