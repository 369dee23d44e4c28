/** Beneath a prompt: takes files and chat back to before its turn. Draws nothing where there is no checkpoint. */

import type { JSX } from "preact";
import { checkpointsOf } from "../../state/checkpoints";
import { Button } from "../common/Button";
import { useRestoring } from "./useRestoring";

export interface RestoreButtonProps {
  sessionId: string;
  /** The prompt's task: a checkpoint is found by it. */
  taskId: string | null;
}

export function RestoreButton({ sessionId, taskId }: RestoreButtonProps): JSX.Element | null {
  const { isBusy, restore } = useRestoring("Go back to before this prompt?");
  const checkpoint = taskId === null ? undefined : checkpointsOf(sessionId).byTask.value.get(taskId);
  if (!checkpoint) return null;
  return (
    <Button isSmall kind="quiet" icon="undo" busy={isBusy} title="Take the files and this chat back to before this prompt" onClick={() => restore(checkpoint.id)}>
      Restore to here
    </Button>
  );
}
