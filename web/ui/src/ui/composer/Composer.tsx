import { useComputed } from "@preact/signals";
import type { ChatStore } from "../../state/chats";
import { toast } from "../common/toast";
import { QuestionList } from "../permissions/QuestionList";
import { QueueList } from "../queue/QueueList";
import { PromptForm } from "./PromptForm";
import { useSending } from "./useSending";
import { useWaiting } from "./useWaiting";
import { useWriting } from "./useWriting";
import "./composer.css";

export interface ComposerProps {
  chatId: string;
  store: Pick<ChatStore, "transcript" | "chat">;
  /** A prompt has arrived at the server: its sender wants to see what comes of it. */
  onSent?: (() => void) | undefined;
}

/** Questions that wait for an answer, prompts that wait for their turn, and the next prompt of one chat. */
export function Composer(props: ComposerProps) {
  return <ComposerOf key={props.chatId} {...props} />;
}

function ComposerOf({ chatId, store, onSent }: ComposerProps) {
  const { transcript } = store;
  const isRunning = useComputed(() => transcript.value.turn !== null);
  const waiting = useWaiting(transcript);
  const sending = useSending(chatId);
  const writing = useWriting(chatId, transcript, sending.forgive);
  const focus = (): void => writing.area.current?.focus();

  /** Behind what is written already: neither is lost. */
  function append(text: string): void {
    const written = writing.area.current?.value ?? "";
    writing.write(/\S/.test(written) ? `${written}\n${text}` : text);
  }

  function takenBack(text: string): void {
    append(text);
    focus();
  }

  function keepEdit(text: string): void {
    append(text);
    toast("The turn of the prompt that you were editing has begun. What you wrote stands in the composer.");
    focus();
  }

  return (
    <div class="composer-place">
      <QuestionList transcript={transcript} onLeave={focus} />
      <QueueList prompts={waiting.shown.value} isTurnRunning={isRunning.value} onTakenBack={takenBack} onEditLost={keepEdit} />
      <PromptForm chatId={chatId} store={store} writing={writing} sending={sending} hasWaiting={waiting.all.value.length > 0} onSent={onSent} />
    </div>
  );
}
