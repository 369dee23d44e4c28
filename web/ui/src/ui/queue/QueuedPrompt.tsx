import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, pathOf } from "../../net/api";
import { revealed } from "../../state/unseen";
import type { Message } from "../../wire/types";
import { announce } from "../common/announce";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { toastError } from "../common/toast";

export interface QueuedPromptProps {
  message: Message;
  onTakenBack: (text: string) => void;
  /** Its turn began while it was being edited: what was written must not be lost. */
  onEditLost: (text: string) => void;
}

type Work = "save" | "take back";

/** One prompt that can still be edited or taken back. The log tells when it changed, began or went. */
export function QueuedPrompt({ message, onTakenBack, onEditLost }: QueuedPromptProps) {
  const isEditing = useSignal(false);
  const doing = useSignal<Work | null>(null);
  const problem = useSignal<unknown>(null);
  const edited = useRef<string | null>(null);
  const isGone = useRef(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const hadFocus = useRef(false);

  useEffect(() => {
    if (!isEditing.value && hadFocus.current) editButton.current?.focus();
    hadFocus.current = isEditing.value;
  }, [isEditing.value]);

  useEffect(
    () => () => {
      isGone.current = true;
      if (doing.peek() !== "save") rescue();
    },
    [],
  );

  function rescue(): void {
    if (edited.current !== null && edited.current !== message.text) onEditLost(edited.current);
    edited.current = null;
  }

  async function attempt(what: Work, work: () => Promise<void>): Promise<void> {
    if (doing.peek() !== null) return;
    doing.value = what;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = error;
      if (isGone.current) {
        toastError(error);
        rescue();
      }
    } finally {
      doing.value = null;
    }
  }

  const save = (): Promise<void> =>
    attempt("save", async () => {
      await api.patch(pathOf("messages", message.id), { text: edited.current ?? message.text });
      leave();
      announce("The waiting prompt was changed.");
    });

  const takeBack = (): Promise<void> =>
    attempt("take back", async () => {
      await api.delete(pathOf("messages", message.id));
      announce("The waiting prompt was taken back.");
      onTakenBack(message.text);
    });

  function leave(): void {
    edited.current = null;
    isEditing.value = false;
  }

  return (
    <li class="queued">
      {isEditing.value ? (
        <EditForm text={message.text} isSaving={doing.value === "save"} onInput={(text) => (edited.current = text)} onSave={() => void save()} onLeave={leave} />
      ) : (
        <>
          <span class="queued-text">{revealed(message.text)}</span>
          <Button kind="quiet" isSmall icon="pencil" ref={editButton} aria-label="Edit this prompt" onClick={() => (isEditing.value = true)}>
            Edit
          </Button>
          <Button kind="quiet" isSmall icon="undo" busy={doing.value === "take back"} aria-label="Take back this prompt" onClick={() => void takeBack()}>
            Take back
          </Button>
        </>
      )}
      {problem.value !== null && <ErrorNote error={problem.value} />}
    </li>
  );
}

interface EditFormProps {
  text: string;
  isSaving: boolean;
  onInput: (text: string) => void;
  onSave: () => void;
  onLeave: () => void;
}

function EditForm({ text, isSaving, onInput, onSave, onLeave }: EditFormProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(text.length, text.length);
  }, []);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      onLeave();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      onSave();
    }
  }

  return (
    <form
      class="queued-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <textarea ref={area} rows={3} aria-label="The waiting prompt" defaultValue={text} onKeyDown={onKeyDown} onInput={(event) => onInput(event.currentTarget.value)} />
      <Button kind="primary" isSmall type="submit" busy={isSaving}>
        Save
      </Button>
      <Button kind="quiet" isSmall onClick={onLeave}>
        Cancel
      </Button>
    </form>
  );
}
