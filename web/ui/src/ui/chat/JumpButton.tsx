import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ChatStore } from "../../state/chats";
import { Button } from "../common/Button";
import type { Follow } from "./follow";
import { countSince, markOf, type Mark } from "./unread";

/** Back to the end, and to following it. Says how much came meanwhile. */
export function JumpButton({ store, follow }: { store: ChatStore; follow: Follow }) {
  const mark = useRef<Mark | null>(null);
  useEffect(
    () =>
      follow.isFollowing.subscribe((isFollowing) => {
        mark.current = isFollowing ? null : markOf(store.transcript.peek().messages);
      }),
    [store, follow],
  );
  const count = useComputed(() => {
    const { messages } = store.transcript.value;
    return follow.isAway.value && mark.current ? countSince(messages, mark.current) : 0;
  });
  if (!follow.isAway.value) return null;
  return (
    <div class="chat-jump">
      <Button icon="arrow-down" isSmall onClick={follow.toEnd}>
        Jump to the end{count.value > 0 && <span class="chat-jump-count"> · {count.value} new</span>}
      </Button>
    </div>
  );
}
