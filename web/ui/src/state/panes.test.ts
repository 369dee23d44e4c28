import { describe, expect, test } from "vitest";
import * as panes from "./panes";
import { keyOf, type View } from "./view";

const chat = (chatId: string): View => ({ kind: "chat", chatId });
const INBOX: View = { kind: "inbox" };
const WELCOME: View = { kind: "welcome" };

const opened = (...views: View[]): panes.Layout => views.reduce((layout, view) => panes.open(layout, view), panes.EMPTY);
/** The tabs of each pane in reading order; the shown one is marked, and the focused pane. */
const drawn = (layout: panes.Layout): string[] =>
  panes.panesOf(layout.root).map((pane) => {
    const tabs = pane.views.map((view) => (keyOf(view) === pane.shown ? `[${keyOf(view)}]` : keyOf(view)));
    return `${pane.id === layout.focused ? ">" : ""}${tabs.join(" ")}`;
  });

/** The laws that the module states, of any layout. */
function checkLaws(layout: panes.Layout): void {
  const all = panes.panesOf(layout.root);
  const keys = all.flatMap((pane) => pane.views.map(keyOf));
  expect(new Set(keys).size).toBe(keys.length);
  expect(all.filter((pane) => pane.id === layout.focused)).toHaveLength(1);
  expect(new Set(all.map((pane) => pane.id)).size).toBe(all.length);
  expect(all.length).toBeLessThanOrEqual(panes.MOST_PANES);
  for (const pane of all) expect(pane.views.map(keyOf).includes(pane.shown ?? "")).toBe(pane.views.length > 0);
}

describe("open", () => {
  test("a view comes after the shown tab and is shown", () => {
    const layout = panes.open(panes.show(opened(chat("a"), chat("b")), "chat/a"), INBOX);
    expect(drawn(layout)).toEqual([">chat/a [inbox] chat/b"]);
  });

  test("a view that is open already is only shown, in whatever pane", () => {
    const layout = panes.split(opened(chat("a"), chat("b")), "row");
    expect(drawn(panes.open(layout, chat("a")))).toEqual([">[chat/a]", "[chat/b]"]);
    expect(panes.open(layout, chat("b"))).toBe(layout);
  });

  test("beside makes a pane, and later takes the one that is there", () => {
    const layout = panes.open(opened(chat("a")), INBOX, "beside");
    expect(drawn(layout)).toEqual(["[chat/a]", ">[inbox]"]);
    const back = panes.show(layout, "chat/a");
    expect(drawn(panes.open(back, chat("b"), "beside"))).toEqual(["[chat/a]", ">inbox [chat/b]"]);
  });

  test("beside an empty pane is in it", () => {
    expect(drawn(panes.open(panes.EMPTY, INBOX, "beside"))).toEqual([">[inbox]"]);
  });

  test("a welcome that is shown makes room", () => {
    expect(drawn(panes.open(opened(chat("a"), WELCOME), INBOX))).toEqual([">chat/a [inbox]"]);
  });
});

describe("close", () => {
  test("the next tab is shown, or the one before when it was the last", () => {
    const layout = panes.show(opened(chat("a"), chat("b"), chat("c")), "chat/b");
    const once = panes.close(layout, "chat/b");
    expect(drawn(once)).toEqual([">chat/a [chat/c]"]);
    expect(drawn(panes.close(once, "chat/c"))).toEqual([">[chat/a]"]);
  });

  test("the last tab of the only pane leaves it empty", () => {
    expect(drawn(panes.close(opened(INBOX), "inbox"))).toEqual([">"]);
  });

  test("the last tab of another pane takes the pane along, and the focus goes to its neighbour", () => {
    const layout = panes.split(opened(chat("a"), chat("b")), "row");
    expect(drawn(panes.close(layout, "chat/b"))).toEqual([">[chat/a]"]);
  });

  test("of what is not open changes nothing", () => {
    const layout = opened(INBOX);
    expect(panes.close(layout, "settings")).toBe(layout);
  });

  test("by a rule closes in all panes", () => {
    const layout = panes.split(opened(INBOX, chat("a"), chat("b")), "row");
    expect(drawn(panes.closeWhere(layout, (view) => view.kind === "chat"))).toEqual([">[inbox]"]);
  });
});

describe("split", () => {
  test("takes the shown tab along when there are others", () => {
    expect(drawn(panes.split(opened(chat("a"), chat("b")), "row"))).toEqual(["[chat/a]", ">[chat/b]"]);
  });

  test("leaves a single tab and makes an empty pane", () => {
    expect(drawn(panes.split(opened(INBOX), "column"))).toEqual(["[inbox]", ">"]);
  });

  test("stops at the most panes that there can be", () => {
    let layout = opened(INBOX);
    for (let turn = 0; turn < panes.MOST_PANES - 1; turn++) layout = panes.split(layout, turn % 2 ? "row" : "column");
    expect(panes.panesOf(layout.root)).toHaveLength(panes.MOST_PANES);
    expect(panes.split(layout, "row")).toBe(layout);
    checkLaws(layout);
  });

  test("a pane that is closed hands its tabs to its neighbour", () => {
    const layout = panes.split(opened(chat("a"), chat("b")), "row");
    expect(drawn(panes.closePane(layout, layout.focused))).toEqual([">[chat/a] chat/b"]);
    expect(panes.closePane(opened(INBOX), 1)).toEqual(opened(INBOX));
  });
});

describe("move", () => {
  test("within a pane counts without the tab itself", () => {
    const layout = opened(chat("a"), chat("b"), chat("c"));
    expect(drawn(panes.move(layout, "chat/a", 1, 1))).toEqual([">chat/b [chat/a] chat/c"]);
    expect(drawn(panes.move(layout, "chat/a", 1, 99))).toEqual([">chat/b chat/c [chat/a]"]);
    expect(drawn(panes.move(layout, "chat/c", 1, -5))).toEqual([">[chat/c] chat/a chat/b"]);
  });

  test("the last tab to another pane closes its own", () => {
    const layout = panes.split(opened(chat("a"), chat("b")), "row");
    expect(drawn(panes.move(layout, "chat/b", 1, 0))).toEqual([">[chat/b] chat/a"]);
  });

  test("to a pane that is not there changes nothing", () => {
    const layout = opened(INBOX);
    expect(panes.move(layout, "inbox", 77, 0)).toBe(layout);
  });
});

describe("resize", () => {
  test("keeps both sides large enough to be seen", () => {
    const layout = panes.split(opened(INBOX), "row");
    const shareAfter = (share: number): number => {
      const { root } = panes.resize(layout, layout.root.id, share);
      return root.is === "split" ? root.share : Number.NaN;
    };
    expect([0.3, 0, 7, Number.NaN].map(shareAfter)).toEqual([0.3, 0.1, 0.9, 0.5]);
  });
});

describe("restore", () => {
  test("gives back what was kept", () => {
    const layout = panes.resize(panes.split(opened(chat("a"), INBOX), "row"), 3, 0.3);
    const back = panes.restore(JSON.parse(JSON.stringify(layout)));
    expect(drawn(back)).toEqual(drawn(layout));
    expect(back.root.is === "split" && back.root.share).toBe(0.3);
  });

  test.each([null, 7, "x", [], {}, { root: null }, { root: { is: "wall" } }, { root: { is: "split", first: 1 } }])(
    "begins anew from %j",
    (data) => {
      expect(panes.restore(data)).toEqual(panes.EMPTY);
    },
  );

  test("leaves out views that are unknown, broken or there twice", () => {
    const views = [INBOX, { kind: "arena" }, { kind: "chat" }, 3, INBOX, chat("a")];
    const layout = panes.restore({ root: { is: "pane", id: 1, views, shown: "arena" }, focused: 9 });
    expect(drawn(layout)).toEqual([">[inbox] chat/a"]);
    checkLaws(layout);
  });

  test("keeps the good side of a broken split", () => {
    const pane = { is: "pane", id: 4, views: [INBOX], shown: "inbox" };
    const layout = panes.restore({ root: { is: "split", first: pane, second: null }, focused: 4 });
    expect(drawn(layout)).toEqual([">[inbox]"]);
  });

  test("takes no more panes than there can be", () => {
    const pane = { is: "pane", id: 1, views: [], shown: null };
    let root: object = pane;
    for (let turn = 0; turn < 40; turn++) root = { is: "split", direction: "row", share: 0.5, first: root, second: pane };
    checkLaws(panes.restore({ root, focused: 1 }));
  });
});

test("the laws hold after any thousand steps", () => {
  let seed = 20251121;
  const below = (bound: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % bound;
  };
  const views: View[] = [chat("a"), chat("b"), chat("c"), chat("d"), INBOX, WELCOME, { kind: "settings" }];
  const view = (): View => views[below(views.length)] as View;
  const paneId = (layout: panes.Layout): number => {
    const all = panes.panesOf(layout.root);
    return all[below(all.length)]?.id ?? 0;
  };
  let layout = panes.EMPTY;
  for (let step = 0; step < 1000; step++) {
    const steps = [
      () => panes.open(layout, view(), below(2) ? "here" : "beside"),
      () => panes.close(layout, keyOf(view())),
      () => panes.split(layout, below(2) ? "row" : "column"),
      () => panes.move(layout, keyOf(view()), paneId(layout), below(4)),
      () => panes.closePane(layout, paneId(layout)),
      () => panes.focus(layout, paneId(layout)),
      () => panes.show(layout, keyOf(view())),
      () => panes.restore(JSON.parse(JSON.stringify(layout))),
    ];
    layout = steps[below(steps.length)]?.() ?? layout;
    checkLaws(layout);
  }
});
