import { findChat, findProject } from "../../state/catalog";
import { chatName, sessionName } from "../../state/catalogModel";
import { revealed } from "../../state/unseen";
import type { InboxItem } from "../../wire/types";
import { Button } from "../common/Button";
import { Chip } from "../common/Chip";
import { Time } from "../common/Time";
import { openChat } from "../sidebar/acts";

/** Where an item comes from, and the way there. */
export function Where({ item }: { item: InboxItem }) {
  const found = item.chat_id === null ? null : findChat(item.chat_id);
  const project = found?.project ?? (item.project_id === null ? undefined : findProject(item.project_id));
  const names = [project?.name, found && sessionName(found.session), found && chatName(found.chat, found.session)];
  const places = [...new Set(names.filter(Boolean))].join(" › ");
  return (
    <header class="card-head inbox-where">
      <span class="inbox-places">{revealed(places)}</span>
      {item.agent && <Chip>{item.agent}</Chip>}
      <span class="note">
        <Time at={item.created_at} />
      </span>
      {item.chat_id !== null && (
        <Button
          isSmall
          kind="quiet"
          icon="chat"
          aria-label={`Go to chat: ${revealed(item.title)}`}
          onClick={() => item.chat_id !== null && openChat(item.chat_id)}
        >
          Go to chat
        </Button>
      )}
    </header>
  );
}
