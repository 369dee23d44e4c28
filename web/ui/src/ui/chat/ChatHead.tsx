import { findChat } from "../../state/catalog";
import { chatName } from "../../state/catalogModel";
import type { ChatStore } from "../../state/chats";
import { openView } from "../../state/layout";
import { pathOf } from "../../net/api";
import { Button } from "../common/Button";
import { Menu } from "../common/Menu";
import { AgentStatusLine } from "./AgentStatusLine";
import "./chat-head.css";

/** What the chat is about, how its agent is, and the ways on from here. */
export function ChatHead({ store }: { store: ChatStore }) {
  const found = findChat(store.chatId);
  const sessionId = found?.session.id ?? store.chat.value?.session_id;
  return (
    <header class="chat-head">
      <div class="chat-title">
        <h1>{found ? chatName(found.chat, found.session) : store.chat.value?.title || "Chat"}</h1>
        {found?.project && <p class="note chat-place-name">{found.project.name}</p>}
      </div>
      <AgentStatusLine transcript={store.transcript} />
      {sessionId && <ChangesButton sessionId={sessionId} store={store} />}
      <Menu
        label="More about this chat"
        items={[
          { label: "Export as Markdown", icon: "download", onSelect: () => download(store.chatId, "markdown") },
          { label: "Export as JSON", icon: "download", onSelect: () => download(store.chatId, "json") },
        ]}
      />
    </header>
  );
}

function ChangesButton({ sessionId, store }: { sessionId: string; store: ChatStore }) {
  const { pending } = store.transcript.value;
  const words = pending ? `Changes (${pending})` : "Changes";
  return (
    <Button
      icon="review"
      isSmall
      title={pending ? "Look at what waits for your decision" : "What the agents of this session changed"}
      onClick={() => openView({ kind: "review", sessionId })}
    >
      {words}
    </Button>
  );
}

/** The browser fetches it by itself, with the cookie, and names the file as the server says. */
function download(chatId: string, format: "markdown" | "json"): void {
  const link = document.createElement("a");
  link.href = `/api/${pathOf("chats", chatId, "export")}?format=${format}`;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
