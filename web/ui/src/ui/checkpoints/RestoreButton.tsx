/** Beneath a prompt: takes files and chat back to before its turn. Draws nothing where there is no checkpoint. */

import type { JSX } from "preact";
import { checkpointsOf } from "../../state/checkpoints";
import { wantComposer } from "../../state/composerFocus";
import type { Message } from "../../wire/types";
import { Button } from "../common/Button";
import { givePrompt } from "./promptBack";
import { useRestoring } from "./useRestoring";

export interface RestoreButtonProps {
  sessionId: string;
  /** A checkpoint is found by its task. */
  prompt: Message;
}

/** Afterwards the prompt stands in the composer: it was gone back to be said otherwise, as a rule. */
export function RestoreButton({ sessionId, prompt }: RestoreButtonProps): JSX.Element | null {
  const { isBusy, restore } = useRestoring("Go back to before this prompt?", () => {
    givePrompt(prompt.chat_id, prompt.text);
    if (!matchMedia("(pointer: coarse)").matches) wantComposer(prompt.chat_id);
  });
  const checkpoint = prompt.task_id === null ? undefined : checkpointsOf(sessionId).byTask.value.get(prompt.task_id);
  if (!checkpoint) return null;
  return (
    <Button isSmall kind="quiet" icon="undo" busy={isBusy} title="Take the files and this chat back to before this prompt" onClick={() => restore(checkpoint.id)}>
      Restore to here
    </Button>
  );
}
