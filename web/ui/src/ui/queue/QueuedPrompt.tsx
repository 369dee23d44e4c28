import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, pathOf } from "../../net/api";
import type { Message } from "../../wire/types";
import { announce } from "../common/announce";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";

export interface QueuedPromptProps {
  message: Message;
  onTakenBack?: ((text: string) => void) | undefined;
}

/** One prompt that can still be edited or taken back. The log tells when it changed or went. */
export function QueuedPrompt({ message, onTakenBack }: QueuedPromptProps) {
  const isEditing = useSignal(false);
  const doing = useSignal<"save" | "take back" | null>(null);
  const problem = useSignal<unknown>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const editButton = useRef<HTMLButtonElement>(null);
  const hadFocus = useRef(false);

  useEffect(() => {
    if (isEditing.value) area.current?.focus();
    else if (hadFocus.current) editButton.current?.focus();
    hadFocus.current = isEditing.value;
  }, [isEditing.value]);

  async function attempt(what: "save" | "take back", work: () => Promise<void>): Promise<void> {
    if (doing.peek() !== null) return;
    doing.value = what;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = error;
    } finally {
      doing.value = null;
    }
  }

  const save = (): Promise<void> =>
    attempt("save", async () => {
      await api.patch(pathOf("messages", message.id), { text: area.current?.value ?? "" });
      isEditing.value = false;
      announce("The waiting prompt was changed.");
    });

  const takeBack = (): Promise<void> =>
    attempt("take back", async () => {
      await api.delete(pathOf("messages", message.id));
      announce("The waiting prompt was taken back.");
      onTakenBack?.(message.text);
    });

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      isEditing.value = false;
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void save();
    }
  }

  return (
    <li class="queued">
      {isEditing.value ? (
        <form
          class="queued-form"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <textarea ref={area} rows={3} aria-label="The waiting prompt" defaultValue={message.text} onKeyDown={onKeyDown} />
          <Button kind="primary" isSmall type="submit" busy={doing.value === "save"}>
            Save
          </Button>
          <Button kind="quiet" isSmall onClick={() => (isEditing.value = false)}>
            Cancel
          </Button>
        </form>
      ) : (
        <>
          <span class="queued-text">{message.text}</span>
          <Button kind="quiet" isSmall icon="pencil" ref={editButton} aria-label="Edit this prompt" onClick={() => (isEditing.value = true)}>
            Edit
          </Button>
          <Button kind="quiet" isSmall icon="undo" busy={doing.value === "take back"} aria-label="Take this prompt back" onClick={() => void takeBack()}>
            Take back
          </Button>
        </>
      )}
      {problem.value !== null && <ErrorNote error={problem.value} />}
    </li>
  );
}
