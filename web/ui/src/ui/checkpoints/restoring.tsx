/** Going back, for whoever asks: the preview in words, a person's yes, the restore, and the way back from it. */

import { changesNothing, checkpointsOf, previewRestore, restoreCheckpoint, wayBack } from "../../state/checkpoints";
import { conflictsOf } from "../../state/changes";
import type { Checkpoint } from "../../wire/types";
import { confirm } from "../common/confirm";
import { toast, toastError } from "../common/toast";
import { ConflictList } from "../review/ConflictList";
import { PreviewWords } from "./PreviewWords";
import { takePrompt } from "./promptBack";

const SAME = "Everything is as it was then already.";

/** True: files and chat are as they were. `question`: the heading of the preview. */
export async function askRestore(id: string, question: string): Promise<boolean> {
  try {
    const preview = await previewRestore(id);
    if (changesNothing(preview)) {
      toast(SAME);
      return false;
    }
    const isSure = await confirm({ title: question, body: <PreviewWords preview={preview} />, action: "Restore" });
    return isSure && (await restore(id));
  } catch (error) {
    toastError(error);
    return false;
  }
}

/** At once: what is there now is kept by a checkpoint of its own. */
async function restore(id: string): Promise<boolean> {
  try {
    const done = await restoreCheckpoint(id);
    const { safety } = done;
    if (!safety) {
      toast(SAME);
      return false;
    }
    takePrompt(safety.chat_id ?? "");
    toast("The files and the chat are as they were then. You can go back.", { action: { label: "Go back", run: () => void goBack(safety) } });
    return true;
  } catch (error) {
    const conflicts = conflictsOf(error);
    if (!conflicts.length) throw error;
    await confirm({ title: "Nothing was restored", body: <ConflictList conflicts={conflicts} />, action: "Understood" });
    return false;
  }
}

/** Straight after the restore it needs no second question; once something has happened since, it is told first what would go. */
async function goBack({ id, session_id: sessionId, chat_id: chatId }: Checkpoint): Promise<void> {
  try {
    const { list, load } = checkpointsOf(sessionId ?? "");
    await load();
    if (wayBack(list.peek(), chatId ?? "")?.id === id) await restore(id);
    else await askRestore(id, "Go back to what was before that restore?");
  } catch (error) {
    toastError(error);
  }
}
