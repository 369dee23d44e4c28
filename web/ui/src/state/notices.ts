/** What a person who looks elsewhere is told: a turn that ended, or a question. Pure. */

import type { Frame } from "../wire/types";
import { revealed } from "./unseen";

export interface Notice {
  title: string;
  body: string;
  chatId: string | null;
  /** The same thing told twice is one notice. */
  tag: string;
}

const BODY_CHARS = 160;

/** `nameOf` a chat; null: the frame is nothing to disturb a person for. */
export function noticeOf(frame: Frame, nameOf: (chatId: string) => string): Notice | null {
  if (frame.type === "permission_requested") {
    return {
      title: `A question in “${nameOf(frame.chat_id)}”`,
      body: short(frame.title),
      chatId: frame.chat_id,
      tag: `permission ${frame.id}`,
    };
  }
  if (frame.type !== "task_updated") return null;
  const { task } = frame;
  if (task.state !== "completed" && task.state !== "failed") return null;
  const name = task.chat_id === null ? short(task.input) : nameOf(task.chat_id);
  return {
    title: task.state === "failed" ? `“${name}” failed` : `“${name}” is done`,
    body: short((task.state === "failed" ? task.error : task.output_summary) ?? task.input),
    chatId: task.chat_id,
    tag: `task ${task.id} ${task.state}`,
  };
}

function short(text: string): string {
  const line = revealed(text.trim().replace(/\s+/g, " "));
  const letters = [...line];
  return letters.length > BODY_CHARS ? `${letters.slice(0, BODY_CHARS - 1).join("")}…` : line;
}
