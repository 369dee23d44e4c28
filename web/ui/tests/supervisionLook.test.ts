/** A look at the tree that fails: with answers of the test's own, for a real server cannot be made to fail once. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isLoaded, loadError, look, watch } from "../src/state/supervision";
import type { Supervision } from "../src/wire/types";
import { NOW, at, supervisor } from "./supervisionActors";

const SEEN: Supervision = {
  root: supervisor("root", "one_for_one"),
  owned_processes: [],
  dead_letters: 0,
  recent_dead_letters: [],
  loop_lag_ms: 0,
  pool: null,
  seq: 1,
  at: at(0),
};
let isAway: boolean;
let looks: number;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  isAway = true;
  looks = 0;
  isLoaded.value = false;
  // Nothing comes by the socket here: it is never opened.
  vi.stubGlobal("WebSocket", { OPEN: 1 });
  vi.stubGlobal("fetch", async (path: string) => {
    const isLook = path === "/api/supervision";
    if (isLook) looks += 1;
    if (isAway) return new Response('{"detail": "later"}', { status: 503 });
    return new Response(JSON.stringify(isLook ? SEEN : { items: [] }));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("is made again while somebody watches", async () => {
  const end = watch();
  await look();
  expect(loadError.value).toMatchObject({ status: 503 });
  isAway = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([isLoaded.value, loadError.value]).toEqual([true, null]);
  end();
});

test("is not made again for nobody", async () => {
  const end = watch();
  await look();
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looks).toBe(1);
});
