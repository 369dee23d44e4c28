import type { ReadonlySignal } from "@preact/signals";
import type { AgentStatus, StatusOfAgent, Transcript } from "../../state/transcript";
import { visible } from "../markdown/visible";
import { StatusDot } from "../common/StatusDot";
import { nameOf } from "./MessageRow";

const WORDS: Record<AgentStatus, string> = {
  working: "is working",
  blocked: "waits for your answer",
  idle: "is idle",
  error: "has a problem",
};
const URGENCY: Record<AgentStatus, number> = { blocked: 3, working: 2, error: 1, idle: 0 };

/** The agent of this chat that matters most now, in a shape and in words. */
export function AgentStatusLine({ transcript }: { transcript: ReadonlySignal<Transcript> }) {
  const [agent, status] = mostUrgent(transcript.value.statuses) ?? [];
  if (agent === undefined || !status) return null;
  const quiet = status.quietSince && `has said nothing since ${clock(status.quietSince)}`;
  return (
    <p class="chat-status note" role="group" aria-label="Agent">
      <StatusDot status={status.status} title={WORDS[status.status]} />
      <span>
        {nameOf(agent)} {quiet || WORDS[status.status]}
        {status.reason && `: ${visible(status.reason)}`}
      </span>
    </p>
  );
}

function mostUrgent(statuses: Readonly<Record<string, StatusOfAgent>>): [string, StatusOfAgent] | undefined {
  const byUrgency = Object.entries(statuses).sort(
    ([, a], [, b]) => URGENCY[b.status] - URGENCY[a.status] || b.seq - a.seq,
  );
  return byUrgency[0];
}

const clock = (at: string): string => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
