import { activeView } from "../../state/layout";
import { treeKey, type Row } from "../../state/projectTree";
import { fold, focusedKey, renamedKey, rows } from "../../state/sidebar";
import { deleteRow, editName, focusRow, openRow } from "./acts";
import { TreeRow } from "./TreeRow";
import "./tree.css";

/** Projects, their sessions and chats. One Tab stop; arrows lead through it. */
export function ProjectTree() {
  const all = rows.value;
  const current = currentKey(all);
  const stop = all.some((row) => row.key === focusedKey.value) ? focusedKey.value : (current ?? all[0]?.key ?? null);
  return (
    <ul role="tree" class="tree" aria-label="Projects and sessions" onKeyDown={press}>
      {all.map((row) => (
        <TreeRow
          key={row.key}
          row={row}
          isCurrent={row.key === current}
          isStop={row.key === stop}
          isRenamed={row.key === renamedKey.value}
        />
      ))}
    </ul>
  );
}

/** The row of what is in view. */
function currentKey(all: Row[]): string | null {
  const view = activeView.value;
  if (view?.kind === "chat") {
    const found = all.find((row) =>
      row.kind === "chat"
        ? row.chat.id === view.chatId
        : row.kind === "session" && !row.isOpen && row.session.chats.some((chat) => chat.id === view.chatId),
    );
    return found?.key ?? null;
  }
  return view?.kind === "review" ? `session ${view.sessionId}` : null;
}

function press(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (target.role !== "treeitem" || event.altKey || event.metaKey || event.isComposing) return;
  const key = rows.peek().find((row) => row.key === focusedKey.peek())?.key;
  const done = key === undefined ? null : treeKey(rows.peek(), key, event.key);
  if (!done) return;
  event.preventDefault();
  event.stopPropagation();
  switch (done.act) {
    case "focus":
      return focusRow(done.key);
    case "fold":
    case "unfold":
      return fold(done.row.key, done.act === "fold");
    case "open":
      return openRow(done.row, event.ctrlKey ? "beside" : "here");
    case "rename":
      return editName(done.row);
    case "delete":
      return void deleteRow(done.row);
  }
}
