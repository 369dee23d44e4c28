/** In a chat that was taken back: the way back, until a turn begins. It is there in every window, and after a reload. */

import type { JSX } from "preact";
import { checkpointsOf, wayBack } from "../../state/checkpoints";
import { Button } from "../common/Button";
import { useRestoring } from "./useRestoring";
import "./way-back.css";

export function WayBack({ sessionId, chatId }: { sessionId: string; chatId: string }): JSX.Element | null {
  const { isBusy, restore } = useRestoring("Go back to what was before the restore?");
  const back = wayBack(checkpointsOf(sessionId).list.value, chatId);
  if (!back) return null;
  return (
    <p class="way-back note">
      This chat was taken back to an earlier point.{" "}
      <Button isSmall busy={isBusy} onClick={() => restore(back.id)}>
        Go back
      </Button>
    </p>
  );
}
