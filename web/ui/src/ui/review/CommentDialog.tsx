import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { findSession } from "../../state/catalog";
import { checkpointsOf } from "../../state/checkpoints";
import { quoteOf } from "../../state/changes";
import { openView } from "../../state/layout";
import { Button } from "../common/Button";
import { Dialog } from "../common/Dialog";
import { toast } from "../common/toast";
import { addToDraft } from "./addToDraft";
import type { Comment } from "./deciding";

export interface CommentDialogProps {
  comment: Comment;
  sessionId: string;
  onClose: () => void;
}

/** Of a long hunk this much is quoted. */
const MOST_LINES = 40;

/** Words about some lines. They go into the prompt that is being written, with the lines; nothing is sent yet. */
export function CommentDialog({ comment, sessionId, onClose }: CommentDialogProps): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const { change, from, to } = comment;
  const lines = comment.lines.slice(0, MOST_LINES);
  const turn = change.message_id ? checkpointsOf(sessionId).byMessage.value.get(change.message_id) : undefined;
  const chatId = turn?.chat_id ?? findSession(sessionId)?.session.chats[0]?.id;
  const add = (): void => {
    if (!chatId) return;
    const isKept = addToDraft(chatId, quoteOf(change.path, lines, from, to) + (area.current?.value.trim() ?? ""));
    onClose();
    if (!isKept) return toast("The browser has no room to keep this comment. Copy it into the chat yourself.", { kind: "error" });
    toast("Added to the prompt. It is sent when you send it.", { action: { label: "Open the chat", run: () => openView({ kind: "chat", chatId }) } });
  };
  return (
    <Dialog
      title={`Comment on ${change.path}${from === null ? "" : `, line ${from}${to !== null && to !== from ? `–${to}` : ""}`}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" onClick={add} disabled={!chatId}>
            Add to the prompt
          </Button>
        </>
      }
    >
      {lines.length > 0 && <pre class="comment-quote">{lines.join("\n")}</pre>}
      <textarea
        ref={area}
        class="comment-text"
        rows={4}
        autofocus
        aria-label="Your comment"
        placeholder="What should the agent do about it?"
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
          event.preventDefault();
          add();
        }}
      />
    </Dialog>
  );
}
