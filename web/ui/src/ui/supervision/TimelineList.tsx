import { openDetails } from "../../state/supervisionLooking";
import { unseen } from "../../state/supervisionTimeline";
import { bareReason, callName, eventWords, verdictWords } from "../../state/supervisionWords";
import type { SupervisionEvent } from "../../wire/types";
import { ChatLink } from "./ChatLink";
import "./timeline.css";

interface TimelineListProps {
  /** Newest first. */
  events: readonly SupervisionEvent[];
  /** Where the mark is drawn: between what came after it and what was there. */
  lookedAt: string | null;
  /** The actor whose timeline it is: its own lines need not name it. */
  below?: string;
}

export function TimelineList({ events, lookedAt, below }: TimelineListProps) {
  const fresh = unseen(events, lookedAt);
  return (
    <ol class="sv-list sv-events">
      {events.map((event, index) => (
        <li key={event.seq} class={index < fresh ? "sv-fresh" : undefined}>
          <Line event={event} below={below} />
          {index === fresh - 1 && index < events.length - 1 && lookedAt && (
            <p class="sv-mark-line">You looked at {clockTime(lookedAt)}: what is above is new</p>
          )}
        </li>
      ))}
    </ol>
  );
}

function Line({ event, below }: { event: SupervisionEvent; below: string | undefined }) {
  const { verb, isBad } = eventWords(event);
  const reason = bareReason(event.reason);
  const chat = event.subject?.chat_id;
  return (
    <>
      <time dateTime={event.at} title={new Date(event.at).toLocaleString()}>
        {clockTime(event.at)}
      </time>{" "}
      {event.path !== below && (
        <button type="button" class="sv-link" title={event.path} onClick={() => openDetails(event.path)}>
          {callName(event.path, event.subject)}
        </button>
      )}{" "}
      <strong class={isBad ? "sv-bad" : undefined}>{verb}</strong>
      {reason && event.event !== "backing_off" && `: ${reason}`}
      {event.decision && <span class="sv-faint"> · {verdictWords(event.decision)}</span>}
      {chat && (
        <span class="sv-faint">
          {" "}
          · <ChatLink chatId={chat} />
        </span>
      )}
    </>
  );
}

/** With the date when it was not today. */
function clockTime(iso: string): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString(undefined, { hourCycle: "h23" });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString()} ${time}`;
}
