import { describe, expect, test } from "vitest";
import { consequences, refusal, tiedTo } from "../src/state/supervisionActions";
import { crashesSince, EMPTY_TIMELINE, filtered, heard, older, timelineOf, unseen } from "../src/state/supervisionTimeline";
import { bytes, duration, fuseAt } from "../src/state/supervisionTimes";
import { treeOf } from "../src/state/supervisionTree";
import { aftermath, callName, eventWords, headline, situation } from "../src/state/supervisionWords";
import type { ExitReport } from "../src/wire/types";
import { actor, at, event, NOW, supervisor } from "./supervisionActors";

describe("numbers in words", () => {
  test.each([
    [0, "0.1 s"],
    [0.42, "0.4 s"],
    [3, "3 s"],
    [3.25, "3.3 s"],
    [59.9, "59 s"],
    [200, "3:20 min"],
    [900, "15 min"],
    [7500, "2:05 h"],
    [400_000, "4 days"],
  ])("%s s is %s", (seconds, words) => expect(duration(seconds)).toBe(words));

  test("memory", () => expect([null, 5_000, 80 * 1024 ** 2, 3 * 1024 ** 3].map(bytes)).toEqual(["gone", "5 kB", "80 MB", "3.0 GB"]));
});

describe("the fuse", () => {
  const fuse = { max_restarts: 3, period_s: 5, falls_out_at: [at(1), at(4)] };
  test("burns by what counts now, and recovers as time goes by", () => {
    expect(fuseAt(fuse, NOW)).toEqual({
      used: 2,
      max: 3,
      burnt: 2 / 3,
      nextBackAt: NOW + 1000,
      words: "2 of 3 restarts within 5 s used",
    });
    expect(fuseAt(fuse, NOW + 1_000).used).toBe(1);
    expect(fuseAt(fuse, NOW + 5_000)).toMatchObject({ used: 0, burnt: 0, nextBackAt: null });
  });

  test("of none allowed says so", () => {
    expect(fuseAt({ ...fuse, max_restarts: 0, falls_out_at: [] }, NOW)).toMatchObject({ max: 0, burnt: 0, words: expect.stringContaining("never") });
  });
});

describe("plain words", () => {
  const report: ExitReport = {
    seq: 1,
    at: at(-120),
    incarnation: 1,
    event: "exited",
    kind: "crashed",
    reason: "crashed: ConnectionResetError: gone",
    uptime_s: 61,
    causes: [{ relation: "raised", depth: 0, type: "ConnectionResetError", message: "gone", notes: [], traceback: "" }],
    decision: null,
    last_messages: [],
    was_doing: "Ping",
    turns: [],
    is_detailed: true,
  };
  test("a crash", () => {
    expect(headline(report, NOW)).toBe("Crashed 2 min ago: ConnectionResetError: gone");
    expect(aftermath(report)).toBe("It had run for 1:01 min and was at Ping.");
  });

  test("a supervisor that gave up tells what it gave up over", () => {
    const reason = "crashed: RestartsExhausted: root/x needed more than 0 restarts within 5 s; last exit: crashed: AgentDied: it left";
    expect(headline({ ...report, causes: [], reason }, NOW)).toBe("Gave up 2 min ago: AgentDied: it left");
    expect(eventWords(event(1, { event: "exited", exit_kind: "crashed", reason }))).toEqual({ verb: "gave up", isBad: true });
    const crash = { event: "exited", exit_kind: "crashed", reason: "crashed: AgentDied: it left" } as const;
    expect(crashesSince([event(2, { ...crash, reason }), event(1, crash)], NOW)).toBe(1);
  });

  test("a crash whose details are forgotten still says what it was", () => {
    expect(headline({ ...report, causes: [] }, NOW)).toBe("Crashed 2 min ago: ConnectionResetError: gone");
  });

  test("what an actor does now", () => {
    expect(situation(actor("a", { state: "busy", busy_since: at(-3), waits_for: "StartTurn" }), NOW)).toBe("At work on StartTurn for 3 s.");
    expect(situation(actor("a", { state: "backing_off", next_restart_at: at(2) }), NOW)).toBe("Will be restarted in 2 s.");
    const stuck = actor("a", { state: "busy", busy_since: at(-8), is_responsive: false });
    expect(situation({ ...stuck, mailbox: { ...stuck.mailbox, depth: 2 } }, NOW)).toBe(
      "Does not respond: it has been at one message for 8 s while 2 messages wait.",
    );
  });

  test("an actor of a chat or of a turn is called by what it is, not by an id", () => {
    const subject = { agent: "practice", chat_id: "chat_1", task_id: "task_1" };
    const names = ["s/practice-chat_1-1.1", "s/practice-chat_1-1.1/reader", "turns/task_1", "hub"].map((path) => callName(path, subject));
    expect(names).toEqual(["practice", "reader", "turn", "hub"]);
    expect(callName("turns/task_1", null)).toBe("task_1");
  });

  test("an exit is named by its kind", () => {
    expect(eventWords(event(1, { event: "exited", exit_kind: "crashed" }))).toEqual({ verb: "crashed", isBad: true });
    expect(eventWords(event(1, { event: "backing_off", due_in_s: 0.4 })).verb).toBe("restarts in 0.4 s");
  });
});

describe("the timeline", () => {
  test("what comes live goes on top, once, and plain starts are left out", () => {
    const first = timelineOf([event(5), event(3)]);
    const more = heard(first, [event(5), event(6), event(7, { is_notable: false }), event(7, { event: "backing_off" }), event(8)]);
    expect(more.events.map((one) => one.seq)).toEqual([8, 6, 5, 3]);
    expect(heard(more, [event(8)])).toBe(more);
    expect(older(more, [event(3), event(1)]).events.map((one) => one.seq)).toEqual([8, 6, 5, 3, 1]);
  });

  test("the filter looks at path, event and reason", () => {
    const events = [event(2, { path: "root/hub", reason: "boom" }), event(1)];
    expect(filtered(events, "HUB boom")).toEqual([events[0]]);
    expect(filtered(events, " ")).toBe(events);
  });

  test("what happened since the last look is counted from the newest", () => {
    const events = [event(30), event(20), event(10)];
    expect([unseen(events, at(15)), unseen(events, at(40)), unseen(events, at(0)), unseen(events, null)]).toEqual([2, 0, 3, 0]);
    expect(unseen(EMPTY_TIMELINE.events, at(0))).toBe(0);
  });
});

describe("actions", () => {
  const turn = { agent: null, chat_id: null, task_id: "t1" };
  const session = { agent: "practice", chat_id: "c1", task_id: "t1" };
  const tree = treeOf(
    supervisor("root", "rest_for_one", [
      actor("root/hub", { mailbox: { ...actor("x").mailbox, depth: 2 } }),
      supervisor("root/engine", "one_for_one", [
        actor("root/engine/turn", { subject: turn }),
        actor("root/engine/agent", { subject: session, process: { pid: 12, rss: null } }),
      ]),
      supervisor("root/surface", "one_for_one", [actor("root/surface/edge")]),
    ]),
  );

  test("a restart takes along what the strategy ties to it", () => {
    expect(tiedTo(tree, "root/hub")).toEqual(["root/hub", "root/engine", "root/surface"]);
    expect(tiedTo(tree, "root/engine/turn")).toEqual(["root/engine/turn"]);
  });

  test("every turn below is named once, with all that is known of it", () => {
    const { words, turns } = consequences(tree, "root/hub", "restart");
    expect(turns).toEqual([session]);
    expect(words).toEqual([
      "It is stopped and started again.",
      "Its supervisor ties others to it, which restart too: engine, surface.",
      "3 actors below them go along.",
      "This page loses its connection for a moment, and comes back by itself.",
      "2 messages in the mailbox are lost.",
      "Its process ends: 12.",
      "This turn is cut off and ends as interrupted:",
    ]);
  });

  test("no turn lost is said as well", () => {
    expect(consequences(tree, "root/surface/edge", "restart").words.at(-1)).toBe("No turn is lost.");
  });

  test.each([
    ["root", "restart", /root/],
    ["root/nobody", "stop", /gone/],
    ["root/surface", "stop", /page speaks/],
    ["root/surface/edge", "suspend", /page speaks/],
    ["root/engine", "suspend", /supervisor/],
    ["root/hub", "resume", /not suspended/],
  ] as const)("%s: %s is refused with a reason", (path, action, reason) => {
    expect(refusal(tree, path, action)).toMatch(reason);
  });

  test("what makes sense is not refused", () => {
    expect(refusal(tree, "root/hub", "suspend")).toBeNull();
    expect(refusal(tree, "root/surface/edge", "restart")).toBeNull();
  });
});
