import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { api, ApiError, pathOf } from "../../net/api";
import { plural } from "../../state/changes";
import { onSessionNews } from "../../state/sessionNews";
import type { WorktreeInfo } from "../../wire/types";
import { Button } from "../common/Button";
import { confirm } from "../common/confirm";
import { Empty } from "../common/Empty";
import { ErrorNote } from "../common/ErrorNote";
import { Copyable } from "./Copyable";
import "./worktree.css";

/** Where the agents of a session work, what is in there alone, and putting that aside. */
export function WorktreePanel({ sessionId }: { sessionId: string }): JSX.Element {
  const info = useSignal<WorktreeInfo | null>(null);
  const error = useSignal<unknown>(null);
  const isBusy = useSignal(false);
  const read = async (stashing: boolean): Promise<void> => {
    const path = pathOf("sessions", sessionId, "worktree");
    isBusy.value = stashing;
    try {
      info.value = stashing ? await api.post<WorktreeInfo>(`${path}/stash`) : await api.get<WorktreeInfo>(path);
      error.value = null;
    } catch (failure) {
      error.value = failure;
    }
    isBusy.value = false;
  };
  useEffect(() => {
    void read(false);
    return onSessionNews((news) => {
      if (news.session_id === sessionId && !isBusy.peek() && !info.peek()?.stashed) void read(false);
    });
  }, []);
  const stash = async (): Promise<void> => {
    const isSure = await confirm({
      title: "Put all of it aside?",
      body: "Changed and new files are kept by a git ref, which is named here afterwards; then the worktree's files go back to its last commit. Ignored files and commits stay. Your project is not touched.",
      action: "Stash",
    });
    if (isSure) await read(true);
  };
  if (error.value instanceof ApiError && error.value.code === "no_worktree") {
    return (
      <Empty title="No worktree">
        <p>{error.value.message}</p>
      </Empty>
    );
  }
  const found = info.value;
  return (
    <div class="worktree">
      {Boolean(error.value) && <ErrorNote error={error.value} onRetry={() => void read(false)} />}
      {found && (
        <>
          <p class="note">The agents of this session work here, beside your own checkout. Deleting the session leaves it there; it goes later, and only when nothing in it would be lost.</p>
          <dl>
            <dt>Folder</dt>
            <dd>
              <Copyable text={found.path} what="the path" />
            </dd>
            <dt>Branch</dt>
            <dd>{found.branch ? <Copyable text={found.branch} what="the branch" /> : "none: HEAD is detached"}</dd>
            <dt>Made from</dt>
            <dd>
              <code>{found.base_commit.slice(0, 12)}</code>
            </dd>
            <dt>In here alone</dt>
            <dd>{riskWords(found)}</dd>
          </dl>
          {found.stashed && <Stashed info={found} />}
          <Button icon="inbox" busy={isBusy.value} disabled={!found.dirty && !found.untracked} onClick={() => void stash()}>
            Stash
          </Button>
        </>
      )}
    </div>
  );
}

function riskWords({ dirty, untracked, unpushed, pending }: WorktreeInfo): string {
  const risks = [
    dirty && plural(dirty, "changed file"),
    untracked && plural(untracked, "new file"),
    unpushed && `${plural(unpushed, "commit")} that no other branch has`,
    pending && `${plural(pending, "change")} that you have not decided on`,
  ].filter(Boolean);
  return risks.length ? `${risks.join(", ")}.` : "Nothing: it could go without a loss.";
}

function Stashed({ info }: { info: WorktreeInfo }): JSX.Element {
  const ref = info.stashed ?? "";
  return (
    <div class="worktree-stashed" role="status">
      <p>
        Kept by git as <Copyable text={ref} what="the ref" />
      </p>
      <p>To get it back, in the worktree:</p>
      <p>
        <Copyable text={`git stash apply --index ${ref}`} what="the command" />
      </p>
    </div>
  );
}
