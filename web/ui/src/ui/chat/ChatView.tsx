/** One chat: what it is about, what was said, and where the next words go. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { openChat, type ChatStore } from "../../state/chats";

export interface ChatViewProps {
  view: { kind: "chat"; chatId: string };
  isActive: boolean;
}

export function ChatView({ view }: ChatViewProps): JSX.Element {
  const [store, setStore] = useState<ChatStore | null>(null);
  useEffect(() => {
    const opened = openChat(view.chatId);
    setStore(opened);
    return opened.close;
  }, [view.chatId]);
  return <section aria-label="Chat">{store?.transcript.value.messages.length}</section>;
}
