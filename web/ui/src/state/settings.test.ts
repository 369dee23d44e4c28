import { afterEach, expect, test, vi } from "vitest";
import { changeSettings, DEFAULTS, readSettings, settings } from "./settings";

afterEach(() => vi.unstubAllGlobals());

test("what is not said is as it is from the start", () => {
  expect(readSettings('{"theme":"light"}')).toEqual({ ...DEFAULTS, theme: "light" });
});

test("what cannot be read counts as not said", () => {
  for (const text of [null, "", "{", "7", "null"]) expect(readSettings(text)).toEqual(DEFAULTS);
});

/** Answers in the order in which a test gives them, which a real server cannot be made to keep. */
function stubServer(): ((answer: object, status?: number) => Promise<void>)[] {
  const asked: ((answer: object, status?: number) => Promise<void>)[] = [];
  const fetching = (): Promise<Response> =>
    new Promise((resolve) => {
      asked.push(async (answer, status = 200) => {
        resolve(new Response(JSON.stringify(answer), { status }));
        await new Promise((done) => setTimeout(done));
      });
    });
  vi.stubGlobal("fetch", fetching);
  return asked;
}

test("an answer that comes late undoes nothing that was changed since", async () => {
  settings.value = DEFAULTS;
  const answers = stubServer();
  const changes = [changeSettings({ theme: "light" }), changeSettings({ diff_view: "side_by_side" }), changeSettings({ theme: "dark" })];
  await answers[1]?.({ ...DEFAULTS, theme: "light", diff_view: "side_by_side" });
  await answers[2]?.({ ...DEFAULTS, diff_view: "side_by_side" });
  await answers[0]?.({ ...DEFAULTS, theme: "light" });
  await Promise.all(changes);
  expect(settings.value).toEqual({ ...DEFAULTS, diff_view: "side_by_side" });
});

test("what is refused is taken back, and nothing else", async () => {
  settings.value = DEFAULTS;
  const answers = stubServer();
  const refused = expect(changeSettings({ theme: "light" })).rejects.toThrow("no");
  const allowed = changeSettings({ notifications: true });
  await answers[0]?.({ detail: "no" }, 422);
  await answers[1]?.({ ...DEFAULTS, notifications: true });
  await Promise.all([refused, allowed]);
  expect(settings.value).toEqual({ ...DEFAULTS, notifications: true });
});
