import { useState } from "preact/hooks";
import { dismiss, takeBack } from "../../state/dismissed";
import { retryTask } from "../../state/inbox";
import { revealed } from "../../state/unseen";
import type { InboxItem } from "../../wire/types";
import { announce } from "../common/announce";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { StatusDot } from "../common/StatusDot";
import { toast } from "../common/toast";
import { Where } from "./Where";

/** A task that failed or stands still: what was asked, what went wrong, and another try, or no more of it. */
export function Ended({ item }: { item: InboxItem }) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const retry = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await retryTask(item.id);
      announce("Tried again.");
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const putAway = () => {
    dismiss(item.id);
    toast("Dismissed in this browser.", { action: { label: "Undo", run: () => takeBack(item.id) } });
  };
  return (
    <article class="inbox-item card" tabIndex={-1} aria-label={revealed(item.title)}>
      <Where item={item} />
      <p class="inbox-title">
        <StatusDot status={item.kind === "failed" ? "error" : "blocked"} title={item.kind} />
        <span>{revealed(item.title)}</span>
      </p>
      {item.detail && <p class="inbox-detail">{revealed(item.detail)}</p>}
      {item.kind === "failed" && (
        <div class="card-ways">
          <Button icon="refresh" busy={isBusy} onClick={() => void retry()}>
            Try again
          </Button>
          <Button kind="quiet" icon="close" title="Show it here no more" onClick={putAway}>
            Dismiss
          </Button>
        </div>
      )}
      {problem !== null && <ErrorNote error={problem} />}
    </article>
  );
}
