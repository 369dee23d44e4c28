/** In a chat that was taken back: the way back, until a turn begins. It is there in every window, and after a reload. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { checkpointsOf, wayBack } from "../../state/checkpoints";
import { Button } from "../common/Button";
import { toastError } from "../common/toast";
import "./way-back.css";

export function WayBack({ sessionId, chatId }: { sessionId: string; chatId: string }): JSX.Element | null {
  const isBusy = useSignal(false);
  const back = wayBack(checkpointsOf(sessionId).list.value, chatId);
  if (!back) return null;
  const go = async (): Promise<void> => {
    isBusy.value = true;
    try {
      const { askRestore } = await import("./restoring");
      await askRestore(back.id, "Go back to what was before the restore?");
    } catch (error) {
      toastError(error);
    }
    isBusy.value = false;
  };
  return (
    <p class="way-back note">
      This chat was taken back to an earlier point.{" "}
      <Button isSmall busy={isBusy.value} onClick={() => void go()}>
        Go back
      </Button>
    </p>
  );
}
