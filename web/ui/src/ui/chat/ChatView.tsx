import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { openChat, type ChatStore } from "../../state/chats";
import { WayBack } from "../checkpoints/WayBack";
import { ErrorNote } from "../common/ErrorNote";
import { Spinner } from "../common/Spinner";
import { Composer } from "../composer/Composer";
import { isMarkdownReady, loadMarkdown } from "../markdown/Markdown";
import { ChatHead } from "./ChatHead";
import { EmptyChat } from "./EmptyChat";
import { Folder } from "./folder";
import { Follow } from "./follow";
import { JumpButton } from "./JumpButton";
import { MessageList } from "./MessageList";
import { useTurnAnnouncements } from "./useTurnAnnouncements";
import "./chat-view.css";

export interface ChatViewProps {
  view: { kind: "chat"; chatId: string };
  isActive: boolean;
}

/** One chat: what it is about, what was said, and where the next words go. */
export function ChatView({ view }: ChatViewProps): JSX.Element {
  const [store, setStore] = useState<ChatStore | null>(null);
  useEffect(() => {
    void loadMarkdown();
    const opened = openChat(view.chatId);
    setStore(opened);
    return opened.close;
  }, [view.chatId]);
  if (store?.chatId !== view.chatId) return <section class="chat" aria-label="Chat" />;
  return <Chat key={view.chatId} store={store} />;
}

function Chat({ store }: { store: ChatStore }) {
  const [follow] = useState(() => new Follow());
  useTurnAnnouncements(store);
  return (
    <section class="chat" aria-label="Chat">
      <ChatHead store={store} />
      <div class="chat-place">
        <Log store={store} follow={follow} />
        <JumpButton store={store} follow={follow} />
      </div>
      {store.chat.value && <WayBack sessionId={store.chat.value.session_id} chatId={store.chatId} />}
      <Composer chatId={store.chatId} store={store} onSent={follow.toEnd} />
    </section>
  );
}

/** What was said. Not a live region: a stream read out word by word helps nobody. */
function Log({ store, follow }: { store: ChatStore; follow: Follow }) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isReady = isMarkdownReady.value && store.chat.value !== null;
  useLayoutEffect(() => {
    if (isReady && scroller.current && content.current) return follow.attach(scroller.current, content.current);
    return undefined;
  }, [isReady, follow]);
  return (
    <div class="chat-log" ref={scroller} tabIndex={0} role="region" aria-label="Conversation">
      <div class="chat-inner" ref={content}>
        {isReady && <Said store={store} scroller={scroller} />}
        {!isReady && store.error.value === null && (
          <p class="chat-wait note">
            <Spinner /> Reading the chat…
          </p>
        )}
        {store.error.value !== null && <ErrorNote error={store.error.value} onRetry={store.retry} />}
      </div>
    </div>
  );
}

function Said({ store, scroller }: { store: ChatStore; scroller: { readonly current: HTMLElement | null } }) {
  const { messages, remarks } = store.transcript.value;
  if (!messages.length && !remarks.length) return <EmptyChat store={store} />;
  return (
    <Folder.Provider value={store.folder}>
      <MessageList store={store} sessionId={store.chat.value?.session_id ?? ""} scroller={scroller} />
    </Folder.Provider>
  );
}
