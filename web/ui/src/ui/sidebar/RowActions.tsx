import { openView } from "../../state/layout";
import type { Row } from "../../state/projectTree";
import type { Chat } from "../../wire/types";
import { IconButton } from "../common/IconButton";
import { Menu, type MenuItem } from "../common/Menu";
import { deleteRow, editName, startChat, startSession } from "./acts";

/** What can be done with a row: its Tab stops are those of the row that has one itself. */
export function RowActions({ row, isStop }: { row: Row; isStop: boolean }) {
  if (row.kind === "more") return null;
  const tabIndex = isStop ? 0 : -1;
  return (
    <span class="tree-actions">
      <Menu label={`Actions for ${row.kind} ${row.name}`} tabIndex={tabIndex} items={[...ownItems(row), ...commonItems(row)]} />
      {row.kind === "project" && (
        <IconButton
          icon="add"
          label={`New session in ${row.name}`}
          tabIndex={tabIndex}
          onClick={() => void startSession(row.project.id)}
        />
      )}
      {row.kind === "session" && (
        <IconButton icon="add" label={`New chat in ${row.name}`} tabIndex={tabIndex} onClick={() => void startChat(row.session.id)} />
      )}
    </span>
  );
}

function ownItems(row: Row): MenuItem[] {
  if (row.kind === "project") {
    return [
      { label: "New session", icon: "add", onSelect: () => void startSession(row.project.id) },
      { label: "Permissions…", icon: "shield", onSelect: () => openView({ kind: "settings" }) },
    ];
  }
  if (row.kind === "session") {
    const sessionId = row.session.id;
    const lone = row.session.chats.length === 1 ? row.session.chats[0] : undefined;
    return [
      { label: "New chat", icon: "add", onSelect: () => void startChat(sessionId) },
      { label: "Review changes", icon: "review", onSelect: () => openView({ kind: "review", sessionId }) },
      ...(lone ? exportItems(lone) : []),
    ];
  }
  return row.kind === "chat" ? exportItems(row.chat) : [];
}

function commonItems(row: Row): MenuItem[] {
  return [
    { label: "Rename", icon: "pencil", hint: "F2", onSelect: () => editName(row) },
    { label: "Delete…", icon: "trash", hint: "Del", danger: true, onSelect: () => void deleteRow(row) },
  ];
}

const exportItems = (chat: Chat): MenuItem[] => [
  { label: "Export as Markdown", icon: "download", onSelect: () => download(chat, "markdown") },
  { label: "Export as JSON", icon: "download", onSelect: () => download(chat, "json") },
];

function download(chat: Chat, format: "markdown" | "json"): void {
  const link = document.createElement("a");
  link.href = `/api/chats/${encodeURIComponent(chat.id)}/export?format=${format}`;
  link.download = "";
  link.click();
}
