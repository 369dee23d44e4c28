import { waitingCount } from "../../state/inbox";
import { activeView, isDrawerOpen, openView } from "../../state/layout";
import { IconButton } from "../common/IconButton";
import { help } from "../palette/opening";
import { titleOf } from "./views";

/** On a phone, where the sidebar is away. */
export function TopBar() {
  const count = waitingCount.value;
  return (
    <header class="top-bar">
      <IconButton label="Projects and chats" icon="menu" aria-expanded={isDrawerOpen.value} onClick={() => (isDrawerOpen.value = true)} />
      <span class="top-title">{activeView.value ? titleOf(activeView.value) : "BooCode"}</span>
      <IconButton label="Search and commands" icon="search" onClick={() => (help.value = "palette")} />
      <span class="top-inbox">
        <IconButton label={count ? `Inbox, ${count} waiting` : "Inbox"} icon="inbox" onClick={() => openView({ kind: "inbox" })} />
        {count > 0 && (
          <span class="top-count" aria-hidden="true">
            {count}
          </span>
        )}
      </span>
    </header>
  );
}
