import { useState } from "preact/hooks";
import { findProvider } from "../../state/providers";
import { grouped, isRun, type Placed } from "../../state/toolRuns";
import { isShown, isStreaming } from "../../state/transcript";
import type { Message, Part } from "../../wire/types";
import { RestoreButton } from "../checkpoints/RestoreButton";
import { Chip } from "../common/Chip";
import { IconButton } from "../common/IconButton";
import { StatusDot } from "../common/StatusDot";
import { Time } from "../common/Time";
import { visible } from "../markdown/visible";
import { Contained } from "./Contained";
import { copyText } from "./copyText";
import { Outcome } from "./Outcome";
import { OpenTools, ToolsOfMessage } from "./openTools";
import { PartView } from "./PartView";
import { ToolRun } from "./ToolRun";
import "./message-row.css";

export interface MessageRowProps {
  message: Message;
  sessionId: string;
  /** There is no message after it. */
  isLast: boolean;
}

/** A prompt or an answer. */
export function MessageRow({ message, sessionId, isLast }: MessageRowProps) {
  const isUser = message.role === "user";
  const who = isUser ? "You" : nameOf(message.agent);
  return (
    <article class={`message message-${message.role}`} aria-label={isUser ? "Your prompt" : `Answer of ${who}`} aria-busy={isStreaming(message) || undefined}>
      <header class="message-head">
        <strong>{who}</strong>
        {!isUser && message.model && <Chip title="The model of this answer">{message.model}</Chip>}
        {isStreaming(message) && <StatusDot status="working" />}
        <span class="message-more">
          <Time at={message.created_at} />
          {isUser && <RestoreButton sessionId={sessionId} prompt={message} />}
          {message.text && (
            <IconButton icon="copy" label={isUser ? "Copy this prompt" : "Copy this answer"} onClick={() => void copyText(message.text, "The message was copied.")} />
          )}
        </span>
      </header>
      {isUser ? <Prompt text={message.text} /> : <Parts message={message} />}
      <Outcome message={message} isLast={isLast} />
    </article>
  );
}

/** As it was written: a prompt is not Markdown. */
const Prompt = ({ text }: { text: string }) => (
  <p class="prompt-text" dir="auto">
    {visible(text)}
  </p>
);

function Parts({ message }: { message: Message }) {
  const last = message.parts.length - 1;
  const isNothing = isStreaming(message) && !message.parts.some(isShown);
  const [openTools] = useState(() => new ToolsOfMessage());
  const shown = ({ part, index }: Placed) => isShown(part) && (
    <Contained key={index} text={wordsOf(part)}>
      <PartView part={part} isGrowing={index === last && isStreaming(message)} />
    </Contained>
  );
  return (
    <OpenTools.Provider value={openTools}>
      <div class="message-parts">
        {grouped(message.parts, message.labels).map((piece) =>
          isRun(piece) ? <ToolRun key={`run-${piece.label.tool_call_ids[0]}`} run={piece} shown={shown} /> : shown(piece),
        )}
        {isNothing && <p class="note">Nothing said yet.</p>}
      </div>
    </OpenTools.Provider>
  );
}

const wordsOf = ({ text, title, output }: Part): string => text ?? [title, output].filter(Boolean).join("\n");

/** Short: what a label says in brackets is for the list of agents. */
export const nameOf = (agent: string | null): string =>
  (agent && findProvider(agent)?.label.replace(/ \(.*\)$/, "")) || agent || "Agent";
