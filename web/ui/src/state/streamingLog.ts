/** The frames of a message that is still being written: it is whole only in the log. */

import type { Frame, Message } from "../wire/types";

/** Frames that are asked for at once. */
const PAGE = 1000;
/** Clocks of the row and of its frame need not be the same. */
const CLOCK_MS = 60_000;

export interface Log {
  /** What is folded has everything up to this number. */
  since: number;
  frames: Frame[];
}

/** `limit` frames after number `since`. */
export type ReadLog = (since: number, limit: number) => Promise<Frame[]>;

/**
 * From the first frame of `message` to number `lastSeq`; read backwards, for it began not long ago. Without frames when
 * it began after `lastSeq`: then whoever follows from there hears all of it.
 */
export async function logOfStreaming(message: Message | undefined, lastSeq: number, read: ReadLog): Promise<Log> {
  let frames: Frame[] = [];
  let since = lastSeq;
  while (message && since > 0 && !isOlder(frames[0], message)) {
    const from = Math.max(0, since - PAGE);
    frames = [...(await read(from, since - from)), ...frames];
    since = from;
    const first = frames.findIndex((frame) => frame.type === "message_created" && frame.message.id === message.id);
    const begun = frames[first];
    if (begun) return { since: begun.seq - 1, frames: frames.slice(first) };
  }
  return { since: lastSeq, frames: [] };
}

const isOlder = (frame: Frame | undefined, { created_at }: Message): boolean =>
  frame !== undefined && Date.parse(frame.at) < Date.parse(created_at) - CLOCK_MS;
