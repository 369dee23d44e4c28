import type { JSX } from "preact";
import { findSession } from "../../state/catalog";
import { openView } from "../../state/layout";
import type { ReviewStore } from "../../state/review";
import { Button } from "../common/Button";
import { Empty } from "../common/Empty";

/** What would be here, and how it comes here. */
export function NothingHere({ store }: { store: ReviewStore }): JSX.Element {
  const chatId = findSession(store.sessionId)?.session.chats[0]?.id;
  if (store.filter.value !== "pending") {
    return (
      <Empty title="Nothing of that kind">
        <p data-rest tabIndex={-1}>No change of this session is in that state.</p>
        <Button onClick={() => void store.show("pending")}>Show what waits</Button>
      </Empty>
    );
  }
  return (
    <Empty title="Nothing waits for you">
      <p data-rest tabIndex={-1}>
        When an agent's turn has changed files, they appear here. Nothing reaches your project until you apply it; what you have
        applied is in its files, not committed.
      </p>
      {chatId && (
        <Button kind="primary" icon="chat" onClick={() => openView({ kind: "chat", chatId })}>
          Open the chat
        </Button>
      )}
      <Button kind="quiet" onClick={() => void store.show("applied")}>
        Show what was applied
      </Button>
      <Button kind="quiet" onClick={() => void store.show("rejected")}>
        Show what was rejected
      </Button>
    </Empty>
  );
}
