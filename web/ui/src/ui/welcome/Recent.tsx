import { sessions, findProject, statusOf } from "../../state/catalog";
import { sessionName } from "../../state/catalogModel";
import { mostUrgent } from "../../state/urgency";
import type { Session } from "../../wire/types";
import { StatusDot } from "../common/StatusDot";
import { Time } from "../common/Time";
import { openSession } from "../sidebar/acts";

const MOST = 5;

/** The newest sessions, to go on with. */
export function Recent() {
  const newest = sessions.value.filter((session) => session.chats.length > 0).slice(0, MOST);
  if (!newest.length) return null;
  return (
    <section class="card" aria-label="Go on">
      <h2>Go on</h2>
      <ul class="welcome-recent">
        {newest.map((session) => (
          <RecentSession key={session.id} session={session} />
        ))}
      </ul>
    </section>
  );
}

function RecentSession({ session }: { session: Session }) {
  const status = mostUrgent(session.chats.map((chat) => statusOf(chat.id))) ?? "idle";
  return (
    <li>
      <button type="button" class="welcome-session" onClick={() => openSession(session)}>
        <StatusDot status={status} />
        <span class="welcome-name">{sessionName(session)}</span>
        <span class="note">
          {findProject(session.project_id)?.name} · <Time at={session.created_at} />
        </span>
      </button>
    </li>
  );
}
