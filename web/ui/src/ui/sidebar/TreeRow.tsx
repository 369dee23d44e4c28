import { statusOf } from "../../state/catalog";
import { isFoldable, type Row } from "../../state/projectTree";
import { fold, focusedKey, renamedKey } from "../../state/sidebar";
import { mostUrgent, type AgentStatus } from "../../state/urgency";
import { memo } from "../app/memo";
import { Icon } from "../common/Icon";
import { StatusDot, STATUS_WORDS } from "../common/StatusDot";
import { focusRow, openRow, renameRow, rowId } from "./acts";
import { RenameField } from "./RenameField";
import { RowActions } from "./RowActions";

export interface TreeRowProps {
  row: Row;
  isCurrent: boolean;
  /** The one that the Tab key leads to. */
  isStop: boolean;
  isRenamed: boolean;
}

/** Drawn again only when its row is another one, or how it is doing. */
export const TreeRow = memo(function TreeRow({ row, isCurrent, isStop, isRenamed }: TreeRowProps) {
  const status = statusOfRow(row);
  const isOpen = isFoldable(row) ? row.isOpen === true : undefined;
  return (
    <li
      id={rowId(row.key)}
      role="treeitem"
      class={`tree-row tree-${row.kind}`}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-expanded={isOpen}
      aria-current={isCurrent ? "page" : undefined}
      aria-label={status && status !== "idle" ? `${row.name}, ${STATUS_WORDS[status]}` : row.name}
      tabIndex={isStop ? 0 : -1}
      title={row.kind === "project" ? row.project.path : undefined}
      onFocus={() => (focusedKey.value = row.key)}
      onClick={(event) => {
        if ((event.target as Element).closest("button, input, [popover]")) return;
        openRow(row, event.metaKey || event.ctrlKey ? "beside" : "here");
      }}
      onAuxClick={(event) => event.button === 1 && openRow(row, "beside")}
    >
      {isFoldable(row) ? (
        <button
          type="button"
          class="tree-twisty"
          tabIndex={-1}
          aria-label={`${row.isOpen ? "Fold" : "Unfold"} ${row.name}`}
          onClick={() => fold(row.key, row.isOpen === true)}
        >
          <Icon name={row.isOpen ? "chevron-down" : "chevron-right"} />
        </button>
      ) : (
        <span class="tree-twisty" />
      )}
      {status && <StatusDot status={status} />}
      {isRenamed ? <Renamed row={row} /> : <span class="tree-name">{row.name}</span>}
      {!isRenamed && <RowActions row={row} isStop={isStop} />}
    </li>
  );
});

function Renamed({ row }: { row: Row }) {
  return (
    <RenameField
      name={row.name}
      onEnd={(name, byKey) => {
        renamedKey.value = null;
        if (byKey) focusRow(row.key);
        if (name !== null) void renameRow(row, name);
      }}
    />
  );
}

/** What is folded away is told where it is folded; null: no dot. */
function statusOfRow(row: Row): AgentStatus | null {
  switch (row.kind) {
    case "chat":
      return statusOf(row.chat.id) ?? "idle";
    case "session":
      if (row.isOpen) return null;
      return mostUrgent(row.session.chats.map((chat) => statusOf(chat.id))) ?? "idle";
    case "project": {
      if (row.isOpen) return null;
      const status = mostUrgent(row.sessions.flatMap((session) => session.chats.map((chat) => statusOf(chat.id))));
      return status === "idle" ? null : status;
    }
    case "more":
      return null;
  }
}
