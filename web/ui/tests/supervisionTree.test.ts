import { describe, expect, test } from "vitest";
import { keyMove } from "../src/state/supervisionKeys";
import { type Looking, rowsOf, troubled } from "../src/state/supervisionRows";
import { below, join, treeOf } from "../src/state/supervisionTree";
import { troubles } from "../src/state/supervisionTrouble";
import { actor, at, NOW, supervisor } from "./supervisionActors";

const tree = treeOf(
  supervisor("root", "rest_for_one", [
    actor("root/hub"),
    supervisor("root/engine", "dynamic", [actor("root/engine/a"), actor("root/engine/b")]),
    actor("root/edge"),
  ]),
);
const plain: Looking = { collapsed: new Set(), filter: "", isOnlyTrouble: false, now: NOW };
const paths = (looking: Partial<Looking>, of = tree) => rowsOf(of, { ...plain, ...looking }).map((row) => row.path);

describe("the tree", () => {
  test("rows are in the order of the tree, with level and place among siblings", () => {
    expect(rowsOf(tree, plain).map((row) => [row.path, row.level, row.position, row.setSize, row.isExpanded])).toEqual([
      ["root", 1, 1, 1, true],
      ["root/hub", 2, 1, 3, null],
      ["root/engine", 2, 2, 3, true],
      ["root/engine/a", 3, 1, 2, null],
      ["root/engine/b", 3, 2, 2, null],
      ["root/edge", 2, 3, 3, null],
    ]);
  });

  test("a sample replaces nodes, appends new ones and cuts off what is gone with all below it", () => {
    const joined = join(tree, { nodes: [actor("root/hub", { handled: 7 }), actor("root/new")], gone: ["root/engine"] });
    expect(joined.tree.nodes.get("root/hub")?.handled).toBe(7);
    expect(below(joined.tree, "root")).toEqual(["root", "root/hub", "root/edge", "root/new"]);
    expect(new Set(joined.changed)).toEqual(new Set(["root/engine", "root/engine/a", "root/engine/b", "root/hub", "root/new"]));
    expect(joined.isReshaped).toBe(true);
    expect(below(tree, "root")).toHaveLength(6);
  });

  test("an actor that is gone and back at once is there, without the children of before", () => {
    const joined = join(tree, { nodes: [supervisor("root/engine", "dynamic")], gone: ["root/engine"] });
    expect(below(joined.tree, "root/engine")).toEqual(["root/engine"]);
  });

  test("a node whose parent nobody knows is not drawn anywhere", () => {
    const joined = join(tree, { nodes: [actor("root/no/such")], gone: [] });
    expect(paths({}, joined.tree)).not.toContain("root/no/such");
  });

  test("rows that did not change are the same objects, and so is the list of them", () => {
    const before = rowsOf(tree, plain);
    const busy = join(tree, { nodes: [actor("root/hub", { state: "busy" })], gone: [] }).tree;
    expect(rowsOf(busy, plain, before)).toBe(before);
    const fewer = rowsOf(tree, { ...plain, collapsed: new Set(["root/engine"]) }, before);
    expect(fewer[1]).toBe(before[1]);
    expect(fewer[2]).not.toBe(before[2]);
  });

  test("a collapsed branch tells how many below it are in trouble", () => {
    const bad = join(tree, { nodes: [actor("root/engine/a", { state: "dead" })], gone: [] }).tree;
    const rows = rowsOf(bad, { ...plain, collapsed: new Set(["root/engine"]) });
    expect(rows.map((row) => [row.path, row.hiddenTroubles])).toEqual([
      ["root", 0],
      ["root/hub", 0],
      ["root/engine", 1],
      ["root/edge", 0],
    ]);
  });
});

describe("the filter", () => {
  test("shows what matches every word, and the way to it even through what is collapsed", () => {
    expect(paths({ filter: "Engine b", collapsed: new Set(["root/engine"]) })).toEqual(["root", "root/engine", "root/engine/b"]);
    expect(paths({ filter: "nobody" })).toEqual([]);
  });

  test("marks what is only on the way", () => {
    const rows = rowsOf(tree, { ...plain, filter: "engine/b" });
    expect(rows.map((row) => row.isPassage)).toEqual([true, true, false]);
  });

  test("finds an actor by its process, its agent and the title of its chat", () => {
    const subject = { agent: "practice", chat_id: "c1", task_id: null };
    const known = join(tree, { nodes: [actor("root/engine/a", { subject, process: { pid: 4711, rss: null } })], gone: [] }).tree;
    for (const word of ["practice", "4711", "my chat"]) {
      expect(paths({ filter: word, titleOf: (id) => (id === "c1" ? "My chat" : null) }, known).at(-1)).toBe("root/engine/a");
    }
  });

  test("only trouble leaves the troubled and the way to them", () => {
    const bad = join(tree, { nodes: [actor("root/engine/a", { state: "dead" })], gone: [] }).tree;
    expect(paths({ isOnlyTrouble: true }, bad)).toEqual(["root", "root/engine", "root/engine/a"]);
    expect(troubled(bad, NOW)).toBe(1);
    expect(paths({ isOnlyTrouble: true })).toEqual([]);
  });
});

describe("trouble", () => {
  const fuse = (...ends: number[]) => ({ max_restarts: 4, period_s: 30, falls_out_at: ends.map(at) });
  const crashed = (ago_s: number) => ({ kind: "crashed", reason: "x", at: at(-ago_s) }) as const;
  const mailbox = { ...actor("x").mailbox, lost: 2 };
  test.each([
    ["well", actor("x"), []],
    ["stopped", actor("x", { state: "dead" }), ["stopped"]],
    ["unresponsive", actor("x", { state: "busy", is_responsive: false }), ["not responding"]],
    ["backing off", actor("x", { state: "backing_off", last_exit: crashed(1) }), ["backing off", "crashed"]],
    ["crashed long ago", actor("x", { last_exit: crashed(3600) }), []],
    ["stopped as asked", actor("x", { last_exit: { kind: "shutdown", reason: "", at: at(-1) } }), []],
    ["half burnt", supervisor("x", "one_for_one", [], { fuse: fuse(1, 2) }), ["fuse burns"]],
    ["a burn that is over", supervisor("x", "one_for_one", [], { fuse: fuse(-1, 2) }), []],
    ["waits long", actor("x", { state: "blocked", busy_since: at(-60) }), ["waits long"]],
    ["waits a little", actor("x", { state: "blocked", busy_since: at(-3) }), []],
    ["lost messages", actor("x", { mailbox }), ["lost messages"]],
  ])("%s", (_, node, expected) => {
    expect(troubles(node, NOW)).toEqual(expected);
  });
});

describe("keys", () => {
  const rows = rowsOf(tree, { ...plain, collapsed: new Set(["root/engine"]) });
  const grid = { pageRows: 2, canToggle: true };
  test.each([
    ["ArrowDown", "root", { active: "root/hub" }],
    ["ArrowDown", "root/edge", { active: "root/edge" }],
    ["ArrowDown", null, { active: "root" }],
    ["ArrowUp", "root/edge", { active: "root/engine" }],
    ["ArrowRight", "root/engine", { active: "root/engine", toggle: "root/engine" }],
    ["ArrowRight", "root", { active: "root/hub" }],
    ["ArrowRight", "root/hub", {}],
    ["ArrowLeft", "root", { active: "root", toggle: "root" }],
    ["ArrowLeft", "root/edge", { active: "root" }],
    ["PageDown", "root", { active: "root/engine" }],
    ["Home", "root/edge", { active: "root" }],
    ["End", "root", { active: "root/edge" }],
    ["Enter", "root/hub", { active: "root/hub", isOpening: true }],
    ["x", "root/hub", null],
  ])("%s on %s", (key, active, expected) => {
    expect(keyMove(key, rows, active, grid)).toEqual(expected);
  });

  test("under a filter, left goes to the parent and collapses nothing", () => {
    expect(keyMove("ArrowLeft", rowsOf(tree, plain), "root/engine", { ...grid, canToggle: false })).toEqual({ active: "root" });
  });
});
