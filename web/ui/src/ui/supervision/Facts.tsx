import type { ComponentChildren } from "preact";
import { clock } from "../../state/supervisionClock";
import { bytes, duration, instant, plural } from "../../state/supervisionTimes";
import { kindOf } from "../../state/supervisionWords";
import type { Node } from "../../wire/types";
import { ChatLink } from "./ChatLink";

/** The rest of what is known, as a list. */
export function Facts({ node }: { node: Node }) {
  const { mailbox, process, subject } = node;
  const started = instant(node.started_at);
  return (
    <>
      <h3>Facts</h3>
      <dl class="sv-facts">
        <Fact name="Kind">{[kindOf(node), node.restart].filter(Boolean).join(", ")}</Fact>
        <Fact name="Runs for">{started === null ? "does not run" : duration((clock.value - started) / 1000)}</Fact>
        <Fact name="Incarnation">
          {node.incarnation}, after {plural(node.restarts, "restart")}
        </Fact>
        {mailbox.capacity > 0 && (
          <Fact name="Messages">
            {node.handled} handled; {mailbox.depth} wait, {mailbox.high_water} at most so far, {mailbox.capacity} fit
            {mailbox.lost > 0 && <span class="sv-bad">; {mailbox.lost} lost</span>}
          </Fact>
        )}
        {process && (
          <Fact name="Process">
            {process.pid}, {bytes(process.rss)}
          </Fact>
        )}
        {subject?.agent && <Fact name="Agent">{subject.agent}</Fact>}
        {subject?.chat_id && (
          <Fact name="Chat">
            <ChatLink chatId={subject.chat_id} />
          </Fact>
        )}
        {subject?.task_id && <Fact name="Turn">{subject.task_id}</Fact>}
      </dl>
    </>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);
