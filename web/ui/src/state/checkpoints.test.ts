/** When lists of checkpoints are read: with a server of the test's own, which counts. */

import { effect } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reconnections } from "../net/live";
import { checkpointsOf } from "./checkpoints";

let asked: string[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path.split("/")[3] ?? "");
    return new Response("[]");
  });
});
afterEach(() => vi.unstubAllGlobals());

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));
const show = (sessionId: string): (() => void) => effect(() => void checkpointsOf(sessionId).byTask.value);

async function comeBack(): Promise<string[]> {
  asked = [];
  reconnections.value++;
  await settled();
  return asked;
}

test("only what is shown is read again when the connection is back, the rest when it is shown next", async () => {
  const hideA = show("a");
  const hideB = show("b");
  await settled();
  expect(asked).toEqual(["a", "b"]);
  hideB();
  expect(await comeBack()).toEqual(["a"]);
  const hideAgain = show("b");
  await settled();
  expect(asked).toEqual(["a", "b"]);
  hideA();
  hideAgain();
  expect(await comeBack()).toEqual([]);
});

test("of sessions that nobody shows only some are kept", async () => {
  const hide = show("shown");
  const first = checkpointsOf("idle0");
  for (let n = 1; n < 40; n++) checkpointsOf(`idle${n}`);
  await settled();
  asked = [];
  expect(checkpointsOf("idle0")).not.toBe(first);
  checkpointsOf("idle39");
  checkpointsOf("shown");
  await settled();
  expect(asked).toEqual(["idle0"]);
  hide();
});
