import { expect, test } from "vitest";
import { refetching } from "./refetch";

function held() {
  const ends: (() => void)[] = [];
  const ask = refetching(() => new Promise((resolve) => ends.push(resolve)));
  return { ask, ends };
}

test("what is asked while one is under way is done once more behind it, and only once", async () => {
  const { ask, ends } = held();
  const first = ask();
  const [second, third] = [ask(), ask()];
  expect(ends.length).toBe(1);
  ends[0]?.();
  await first;
  await Promise.resolve();
  expect(ends.length).toBe(2);
  ends[1]?.();
  await Promise.all([second, third]);
  expect(ends.length).toBe(2);
});

test("one that failed stops nothing", async () => {
  let times = 0;
  const ask = refetching(async () => {
    times += 1;
    if (times === 1) throw new Error("no");
  });
  const first = ask();
  const second = ask();
  await expect(first).rejects.toThrow("no");
  await second;
  expect(times).toBe(2);
});
