import { expect, it } from "vitest";
import type { Frame, Message } from "../wire/types";
import { logOfStreaming } from "./streamingLog";

const at = (seq: number): string => new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
const message = (id: string, seq: number): Message => ({ id, created_at: at(seq), status: "streaming" }) as Message;

/** A chat whose every tenth frame begins the message `m<seq>`; it notes what is read of it. */
function logOf(length: number) {
  const reads: [number, number][] = [];
  const read = async (since: number, limit: number): Promise<Frame[]> => {
    reads.push([since, limit]);
    return Array.from({ length: Math.min(limit, length - since) }, (_, n) => frame(since + n + 1));
  };
  return { read, reads };
}

const frame = (seq: number): Frame =>
  ({ seq, at: at(seq), ...(seq % 10 ? { type: "message_delta" } : { type: "message_created", message: message(`m${seq}`, seq) }) }) as Frame;

it("begins with the first frame of the message", async () => {
  const { read, reads } = logOf(5_000);
  const { since, frames } = await logOfStreaming(message("m3500", 3_500), 5_000, read);
  expect(since).toBe(3_499);
  expect([frames[0]?.seq, frames.length, reads.length]).toEqual([3_500, 1_501, 2]);
});

it("is empty for a message that began after the last frame, and is not looked for far back", async () => {
  const { read, reads } = logOf(50_000);
  expect(await logOfStreaming(message("new", 50_001), 50_000, read)).toEqual({ since: 50_000, frames: [] });
  expect(reads).toEqual([[49_000, 1_000]]);
  expect(await logOfStreaming(message("new", 31), 30, logOf(30).read)).toEqual({ since: 30, frames: [] });
});

it("is not read when nothing is being written", async () => {
  const { read, reads } = logOf(100);
  expect(await logOfStreaming(undefined, 100, read)).toEqual({ since: 100, frames: [] });
  expect(reads).toEqual([]);
});
