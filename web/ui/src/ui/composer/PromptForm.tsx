import { useComputed } from "@preact/signals";
import { useId } from "preact/hooks";
import { findChat, nameAfterPrompt } from "../../state/catalog";
import { findProvider } from "../../state/providers";
import { settings } from "../../state/settings";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { Chips } from "./Chips";
import type { ComposerProps } from "./Composer";
import { OfferList, rowId } from "./OfferList";
import { ChoiceNote, Pickers } from "./Pickers";
import { useChoice } from "./useChoice";
import { useComposerKeys } from "./useComposerKeys";
import { useOffers } from "./useOffers";
import { useRecall } from "./useRecall";
import { isRefusal, type Sending } from "./useSending";
import { useStopping } from "./useStopping";
import type { Writing } from "./useWriting";

export interface PromptFormProps extends ComposerProps {
  writing: Writing;
  sending: Sending;
  /** Prompts wait: there is something to stop, even while no turn runs. */
  hasWaiting: boolean;
}

const QUESTION = "What shall the agent do?";

/** The text, who gets it, and what became of sending and stopping. */
export function PromptForm({ chatId, store, writing, sending, hasWaiting, onSent }: PromptFormProps) {
  const { transcript } = store;
  const { area, isEmpty } = writing;
  const id = useId();
  const isRunning = useComputed(() => transcript.value.turn !== null);
  const commands = useComputed(() => transcript.value.commands);
  const { choice, canSend } = useChoice(chatId, transcript);
  const stopping = useStopping(chatId, transcript);
  const recall = useRecall(transcript);
  const provider = (): ReturnType<typeof findProvider> => findProvider(choice.peek().agent ?? "");
  const offers = useOffers(
    () => commands.peek()[choice.peek().agent ?? ""] ?? provider()?.commands ?? [],
    () => store.chat.peek()?.session_id ?? findChat(chatId)?.session.id ?? null,
    writing.written,
  );
  const canStop = isRunning.value || hasWaiting;
  useComposerKeys(chatId, area, () => (transcript.peek().turn ? stop() : undefined));

  async function send(): Promise<void> {
    const text = area.current?.value ?? "";
    if (isEmpty.peek() || !canSend.peek() || sending.isSending.peek()) return;
    offers.close();
    stopping.forget();
    const clientId = writing.attempt(JSON.stringify(choice.peek()));
    const posted = await sending.send(text, choice.peek(), clientId);
    if (posted || writing.hasArrived(clientId)) {
      sending.forgive(); // the answer may be lost while the prompt is there
      writing.arrived(clientId);
      onSent?.();
      void nameAfterPrompt(chatId, text).catch(() => undefined); // a name can wait
    } else if (isRefusal(sending.problem.peek())) {
      writing.refused();
    }
    area.current?.focus();
  }

  function stop(): void {
    const running = transcript.peek().turn?.agent ?? choice.peek().agent ?? "";
    void stopping.stop(shortName(findProvider(running)?.label ?? running));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const here = area.current;
    // 229: the Enter that ends a composition, as some browsers tell it.
    if (!here || event.isComposing || event.keyCode === 229 || offers.key(event, here)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      if (settings.peek().send_key !== "enter" && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      void send();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const text = recall.key(event, here);
      if (text === null) return;
      event.preventDefault();
      writing.write(text);
      here.setSelectionRange(text.length, text.length);
    }
  }

  const shown = offers.shown.value;
  const listId = `${id}-offers`;
  return (
    <form
      class="composer"
      aria-label="Prompt"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {shown && <OfferList id={listId} shown={shown} onTake={(row) => area.current && offers.take(row, area.current)} />}
      <textarea
        ref={area}
        class="composer-text"
        rows={2}
        placeholder={QUESTION}
        aria-label={QUESTION}
        aria-describedby={`${id}-help`}
        aria-autocomplete="list"
        aria-controls={shown ? listId : undefined}
        aria-activedescendant={shown ? rowId(listId, shown.at) : undefined}
        enterkeyhint="send"
        onInput={(event) => {
          writing.written();
          if (!event.isComposing) offers.look(event.currentTarget);
        }}
        onKeyDown={onKeyDown}
        onBlur={offers.close}
      />
      <div class="composer-row">
        <Pickers chatId={chatId} choice={choice.value} />
        <div class="composer-buttons">
          {canStop && (
            <Button icon="stop" busy={stopping.isAsked.value} title="Stop the turn (Esc)" onClick={stop}>
              Stop
            </Button>
          )}
          <Button kind="primary" type="submit" icon="send" busy={sending.isSending.value} disabled={isEmpty.value || !canSend.value}>
            {isRunning.value ? "Queue" : "Send"}
          </Button>
        </div>
      </div>
      <ChoiceNote choice={choice.value} />
      {stopping.words.value !== null && <p class="note composer-note">{stopping.words.value}</p>}
      {!writing.hasRoom.value && (
        <p class="note composer-note">Your browser has no room to keep this text: it is lost when the page is closed.</p>
      )}
      {sending.problem.value !== null && <ErrorNote error={sending.problem.value} onRetry={() => void send()} />}
      <div class="composer-foot">
        <p class="note composer-help" id={`${id}-help`}>
          {settings.value.send_key === "enter" ? "Enter sends, Shift+Enter starts a line" : "Ctrl+Enter or ⌘Enter sends, Enter starts a line"}
          , Esc stops; / commands, @ files
        </p>
        <Chips transcript={transcript} />
      </div>
    </form>
  );
}

/** As it is called in a sentence: without what is explained in brackets. */
const shortName = (label: string): string => label.replace(/\s*\(.*\)$/, "") || "The agent";
