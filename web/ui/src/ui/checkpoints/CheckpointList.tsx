/** All that a session can go back to, the newest first, what a restore has kept included. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { findSession } from "../../state/catalog";
import { checkpointsOf, checkpointWords, takeCheckpoint, wayBack } from "../../state/checkpoints";
import type { Checkpoint } from "../../wire/types";
import { Button } from "../common/Button";
import { Chip } from "../common/Chip";
import { Empty } from "../common/Empty";
import { ErrorNote } from "../common/ErrorNote";
import { Picker } from "../common/Picker";
import { Time } from "../common/Time";
import { toast, toastError } from "../common/toast";
import { askRestore } from "./restoring";
import "./checkpoint-list.css";

const KINDS = { safety: "way back", manual: "by you" } as const;
const SHOWN = [
  { value: "all", label: "All", hint: "Whatever can be gone back to" },
  { value: "turn", label: "Before turns", hint: "Taken before each turn that found something new" },
  { value: "safety", label: "Ways back", hint: "What restores were about to overwrite" },
  { value: "manual", label: "By you", hint: "Taken when you asked for it" },
];

export function CheckpointList({ sessionId }: { sessionId: string }): JSX.Element {
  const { list, isLoaded, error, load } = checkpointsOf(sessionId);
  const kind = useSignal("all");
  const busy = useSignal<string | null>(null);
  const chats = findSession(sessionId)?.session.chats ?? [];
  const shown = list.value.filter((each) => kind.value === "all" || each.kind === kind.value).reverse();
  const newestWays = new Set(chats.map((chat) => wayBack(list.value, chat.id)?.id));
  const doing = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    busy.value = what;
    try {
      await work();
      await load();
    } catch (failure) {
      toastError(failure);
    }
    busy.value = null;
  };
  const take = async (): Promise<void> => {
    const [chat] = chats;
    if (!chat) return;
    await takeCheckpoint(sessionId, chat.id);
    toast("A checkpoint of the worktree's files is taken.");
  };
  return (
    <div class="checkpoints">
      <div class="checkpoints-head">
        <Picker label="Show" icon="filter" value={kind.value} options={SHOWN} onPick={(value) => (kind.value = value)} />
        <Button isSmall icon="add" busy={busy.value === "take"} disabled={!chats.length} onClick={() => void doing("take", take)}>
          Take a checkpoint
        </Button>
      </div>
      {Boolean(error.value) && <ErrorNote error={error.value} onRetry={() => void load()} />}
      {isLoaded.value && !shown.length && (
        <Empty title="No checkpoint yet">
          <p>Before each turn that finds something new, the worktree's files are kept here, byte for byte. You can go back to any of them.</p>
        </Empty>
      )}
      <ol aria-label="Checkpoints">
        {shown.map((each) => (
          <Row
            key={each.id}
            checkpoint={each}
            isWayBack={newestWays.has(each.id)}
            chatTitle={chats.length > 1 ? chats.find((chat) => chat.id === each.chat_id)?.title : undefined}
            isBusy={busy.value === each.id}
            onRestore={() => void doing(each.id, () => askRestore(each.id, questionOf(each)))}
          />
        ))}
      </ol>
    </div>
  );
}

const questionOf = (checkpoint: Checkpoint): string =>
  checkpoint.kind === "safety" ? "Go back to what was before that restore?" : "Go back to this checkpoint?";

interface RowProps {
  checkpoint: Checkpoint;
  /** Nothing has happened in its chat since the restore that it is the way back from. */
  isWayBack: boolean;
  chatTitle: string | undefined;
  isBusy: boolean;
  onRestore: () => void;
}

function Row({ checkpoint, isWayBack, chatTitle, isBusy, onRestore }: RowProps): JSX.Element {
  const { title, what } = checkpointWords(checkpoint);
  return (
    <li class="checkpoint">
      <div class="checkpoint-words">
        <span class="checkpoint-title">{title}</span>
        <span class="note">
          <Time at={checkpoint.created_at} />
          {checkpoint.agent && ` · ${checkpoint.agent}`}
          {chatTitle && ` · ${chatTitle}`}
          {checkpoint.left_out.length > 0 && ` · ${checkpoint.left_out.length} left out`}
        </span>
      </div>
      {checkpoint.kind !== "turn" && (
        <Chip title={what} kind={checkpoint.kind === "safety" ? "accent" : undefined}>
          {KINDS[checkpoint.kind]}
        </Chip>
      )}
      <Button isSmall kind={isWayBack ? "primary" : undefined} icon="undo" busy={isBusy} aria-label={`${isWayBack ? "Go back to" : "Restore"}: ${title}`} onClick={onRestore}>
        {isWayBack ? "Go back" : "Restore"}
      </Button>
    </li>
  );
}
