import { clock } from "../../state/supervisionClock";
import { duration, instant } from "../../state/supervisionTimes";
import type { Node, WarmAgent } from "../../wire/types";

/** What comes next for it: the restart it waits for, the end of its idle time, its turn to be evicted; or what holds it. */
export function NextStep({ node, agent }: { node: Node; agent: WarmAgent | undefined }) {
  const due = instant(node.next_restart_at);
  if (due !== null) return <span class="sv-bad">restarts in {left(due)}</span>;
  if (agent) return <AgentNext agent={agent} />;
  return node.waits_for ? <span title={node.waits_for}>{node.state === "blocked" ? `for ${node.waits_for}` : node.waits_for}</span> : null;
}

/** Of a warm agent: how long it may still be idle, and when it makes room for others. */
export function AgentNext({ agent }: { agent: WarmAgent }) {
  const ends = instant(agent.ends_at);
  const parts = [
    agent.leases > 0 && "at work",
    agent.state !== "warm" && agent.state,
    ends !== null && `ends in ${left(ends)}`,
    agent.eviction_rank !== null && evictionWords(agent.eviction_rank),
  ].filter(Boolean);
  return <span title={parts.join(", ")}>{parts.join(", ")}</span>;
}

export const evictionWords = (rank: number): string => (rank === 0 ? "evicted next" : `evicted ${rank + 1}${ordinal(rank + 1)}`);

const left = (at: number): string => duration((at - clock.value) / 1000);

function ordinal(count: number): string {
  if (count % 100 >= 11 && count % 100 <= 13) return "th";
  return { 1: "st", 2: "nd", 3: "rd" }[count % 10] ?? "th";
}
