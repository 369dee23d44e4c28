/** Beneath a prompt: takes files and chat back to before its turn. Draws nothing where there is no checkpoint. */

import type { JSX } from "preact";

export interface RestoreButtonProps {
  sessionId: string;
  /** The prompt's task: a checkpoint is found by it. */
  taskId: string | null;
}

export function RestoreButton(_props: RestoreButtonProps): JSX.Element | null {
  return null;
}
