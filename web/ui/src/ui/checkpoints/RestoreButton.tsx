/** Beneath a prompt: takes files and chat back to before its turn. Draws nothing where there is no checkpoint. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { checkpointsOf } from "../../state/checkpoints";
import { Button } from "../common/Button";
import { toastError } from "../common/toast";

export interface RestoreButtonProps {
  sessionId: string;
  /** The prompt's task: a checkpoint is found by it. */
  taskId: string | null;
}

export function RestoreButton({ sessionId, taskId }: RestoreButtonProps): JSX.Element | null {
  const isBusy = useSignal(false);
  const checkpoint = taskId === null ? undefined : checkpointsOf(sessionId).byTask.value.get(taskId);
  if (!checkpoint) return null;
  const ask = async (): Promise<void> => {
    isBusy.value = true;
    try {
      const { askRestore } = await import("./restoring");
      await askRestore(checkpoint.id, "Go back to before this prompt?");
    } catch (error) {
      toastError(error);
    }
    isBusy.value = false;
  };
  return (
    <Button isSmall kind="quiet" icon="undo" busy={isBusy.value} title="Take the files and this chat back to before this prompt" onClick={() => void ask()}>
      Restore to here
    </Button>
  );
}
