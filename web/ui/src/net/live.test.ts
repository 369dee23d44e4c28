/** What the socket hands over, and what it does not: with a socket of the test's own, for races cannot be staged. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Live, type Heard } from "./live";

class Socket {
  static readonly OPEN = 1;
  static made: Socket[] = [];
  readyState = 0;
  sent: { type: string; topic?: string; since?: number }[] = [];
  onopen = (): void => {};
  onclose = (): void => {};
  onmessage = (_: { data: string }): void => {};

  constructor() {
    Socket.made.push(this);
  }

  open(): void {
    this.readyState = Socket.OPEN;
    this.onopen();
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
    this.onclose();
  }

  say(...frames: object[]): void {
    this.onmessage({ data: JSON.stringify(frames) });
    vi.advanceTimersByTime(20);
  }
}

const delta = (seq: number): object => ({ topic: "chat:c", seq, type: "notice", message_id: null, text: String(seq) });
const subscribed = (last_seq: number): object => ({ type: "subscribed", topic: "chat:c", last_seq });
const unsubscribed = { type: "unsubscribed", topic: "chat:c" };
const last = (): Socket => Socket.made.at(-1) as Socket;

let live: Live;
let heard: number[];
const take = (frames: Heard[]): void => void heard.push(...frames.flatMap((frame) => ("seq" in frame ? [frame.seq] : [])));

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  Socket.made = [];
  heard = [];
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("location", { protocol: "http:", host: "here" });
  vi.stubGlobal("document", { hidden: false, addEventListener: () => {} });
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 16));
  vi.stubGlobal("cancelAnimationFrame", (id: number) => clearTimeout(id));
  live = new Live();
  live.start();
  last().open();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what is still on its way from an earlier subscription hides nothing of the new one", () => {
  live.follow("chat:c", 0, take)();
  live.follow("chat:c", 10, take);
  last().say(subscribed(9), delta(60), unsubscribed, delta(61), subscribed(10), delta(11), delta(12));
  expect(heard).toEqual([11, 12]);
});

test("a handler that throws takes nothing from the others", () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  live.follow("user", null, () => {
    throw new Error("no");
  });
  live.follow("chat:c", 0, take);
  last().say({ type: "subscribed", topic: "user", last_seq: 0 }, subscribed(0), delta(1));
  expect(heard).toEqual([1]);
  expect(reported).toHaveBeenCalledOnce();
});

test("a socket that came back asks for what is missing, and takes nothing twice", () => {
  live.follow("chat:c", 0, take);
  last().say(subscribed(0), delta(1), delta(2));
  last().close();
  vi.advanceTimersByTime(1_000);
  last().open();
  expect(last().sent).toContainEqual({ type: "subscribe", topic: "chat:c", since: 2 });
  last().say(delta(9), subscribed(2), delta(2), delta(3));
  expect(heard).toEqual([1, 2, 3]);
});

test("a ping that nobody answers drops the socket; slow timers alone do not", () => {
  const first = last();
  vi.setSystemTime(1_000_000 + 300_000); // a hidden tab: nothing was heard for long, for nothing was asked
  vi.advanceTimersByTime(15_000);
  first.say({ type: "pong" });
  vi.advanceTimersByTime(12_000);
  expect(Socket.made).toEqual([first]);
  vi.advanceTimersByTime(30_000);
  expect(Socket.made.length).toBeGreaterThan(1);
});
