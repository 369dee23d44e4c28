import { expect, test } from "vitest";
import type { Project, Session } from "../wire/types";
import { treeKey, treeRows, withKnown, type Row, type TreeOptions } from "./projectTree";

const at = "2026-01-01T00:00:00Z";
const project = (id: string): Project => ({ id, name: id, path: `/srv/${id}`, created_at: at, permission_policy: "ask" });
const session = (id: string, project_id: string, chats = 1): Session => ({
  id,
  project_id,
  title: id,
  created_at: at,
  chats: Array.from({ length: chats }, (_, n) => ({ id: `${id}${n}`, session_id: id, title: "", created_at: at, last_seq: 0 })),
});
const PROJECTS = [project("alpha"), project("beta")];
const SESSIONS = [session("two", "alpha", 2), session("one", "alpha"), session("login", "beta")];
const rows = (options: Partial<TreeOptions> = {}, sessions = SESSIONS): Row[] =>
  treeRows(PROJECTS, sessions, { folded: new Set(), filter: "", most: () => 100, ...options });
const names = (all: Row[]): string[] => all.map((row) => "  ".repeat(row.level - 1) + row.name);

test("a lone chat has no row of its own", () => {
  expect(names(rows())).toEqual(["alpha", "  two", "    Chat 1", "    Chat 2", "  one", "beta", "  login"]);
});

test("what is folded hides what is beneath it", () => {
  expect(names(rows({ folded: new Set(["project alpha"]) }))).toEqual(["alpha", "beta", "  login"]);
  expect(names(rows({ folded: new Set(["session two"]) })).slice(0, 3)).toEqual(["alpha", "  two", "  one"]);
});

test("a filter unfolds, and keeps what holds all its words", () => {
  const folded = new Set(["project beta"]);
  expect(names(rows({ folded, filter: "LOG" }))).toEqual(["beta", "  login"]);
  expect(names(rows({ filter: "beta login" }))).toEqual(["beta", "  login"]);
  expect(names(rows({ filter: "alpha" })).length).toBe(5);
  expect(names(rows({ filter: "nothing such" }))).toEqual([]);
});

test("of a long project the newest are shown, and a row for more", () => {
  const many = Array.from({ length: 1000 }, (_, n) => session(`s${n}`, "alpha"));
  const shown = rows({ most: () => 3 }, many);
  expect(names(shown)).toEqual(["alpha", "  s0", "  s1", "  s2", "  Show more sessions (997 left)", "beta"]);
  expect(shown.slice(1, 5).map((row) => [row.place, row.siblings])).toEqual([[1, 4], [2, 4], [3, 4], [4, 4]]);
});

test("arrows walk the rows and the levels", () => {
  const all = rows();
  const walk = (key: string, pressed: string) => treeKey(all, key, pressed);
  expect(walk("project alpha", "ArrowDown")).toEqual({ act: "focus", key: "session two" });
  expect(walk("project alpha", "ArrowUp")).toBeNull();
  expect(walk("project alpha", "ArrowRight")).toEqual({ act: "focus", key: "session two" });
  expect(walk("session one", "ArrowRight")).toBeNull();
  expect(walk("chat two1", "ArrowLeft")).toEqual({ act: "focus", key: "session two" });
  expect(walk("session one", "ArrowLeft")).toEqual({ act: "focus", key: "project alpha" });
  expect(walk("session one", "End")).toEqual({ act: "focus", key: "session login" });
  expect(walk("session one", "Home")).toEqual({ act: "focus", key: "project alpha" });
});

test("left folds what is open, right unfolds it, enter opens, F2 renames, delete asks", () => {
  const open = rows();
  expect(treeKey(open, "project alpha", "ArrowLeft")).toMatchObject({ act: "fold" });
  const folded = rows({ folded: new Set(["project alpha"]) });
  expect(treeKey(folded, "project alpha", "ArrowRight")).toMatchObject({ act: "unfold" });
  expect(treeKey(open, "session one", "Enter")).toMatchObject({ act: "open" });
  expect(treeKey(open, "session one", "F2")).toMatchObject({ act: "rename" });
  expect(treeKey(open, "chat two0", "Delete")).toMatchObject({ act: "delete", row: { key: "chat two0" } });
  expect(treeKey(open, "session one", "x")).toBeNull();
});

test("a row that is as it was is the very same row", () => {
  const before = rows();
  const renamed = SESSIONS.with(2, { ...session("login", "beta"), title: "logout" });
  const after = withKnown(before, rows({}, renamed));
  expect(names(after).at(-1)).toBe("  logout");
  expect(after.map((row, n) => row === before[n])).toEqual([true, true, true, true, true, false, false]);
});
