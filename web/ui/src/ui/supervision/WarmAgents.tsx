import { pool } from "../../state/supervision";
import { openDetails } from "../../state/supervisionLooking";
import { duration, plural } from "../../state/supervisionTimes";
import type { WarmAgent, WarmPool } from "../../wire/types";
import { Empty } from "../common/Empty";
import { ChatLink } from "./ChatLink";
import { AgentNext } from "./NextStep";

/** Which agents are kept warm, for how long still, and who goes first when another needs the room. */
export function WarmAgents() {
  return pool.value === null ? <Unknown /> : <Agents pool={pool.value} />;
}

/** The same, as a part of the pool's own details. */
export function PoolOfAgents() {
  return pool.value === null ? null : (
    <>
      <h3>Warm agents</h3>
      <Agents pool={pool.value} />
    </>
  );
}

const Unknown = () => (
  <Empty title="The pool does not answer">
    <p class="note">The actor that keeps agents warm does not run, or is busy. Look at session_pool in the tree.</p>
  </Empty>
);

function Agents({ pool }: { pool: WarmPool }) {
  return (
    <>
      <p class="note">
        At most {plural(pool.cap, "idle agent")} {pool.cap === 1 ? "is" : "are"} kept; one that is idle for longer
        than {duration(pool.idle_ttl_s)} is ended.{pool.evicted > 0 && ` ${plural(pool.evicted, "agent")} had to make room so far.`}
        {pool.overshoot > 0 && ` ${pool.overshoot} more than that are warm, because so many are at work.`}
      </p>
      {pool.agents.length ? (
        <ol class="sv-list">
          {inOrder(pool.agents).map((agent) => (
            <li key={`${agent.agent}/${agent.chat_id}`}>
              <Name agent={agent} /> in <ChatLink chatId={agent.chat_id} />
              <p class="note">
                <AgentNext agent={agent} />
                {agent.leases > 0 && ` (${plural(agent.leases, "lease")})`}
              </p>
            </li>
          ))}
        </ol>
      ) : (
        <p class="note">None is warm now. The next prompt starts one.</p>
      )}
      {pool.died_too_often.length > 0 && (
        <p class="sv-bad">Died too often, not started again for now: {pool.died_too_often.join(", ")}</p>
      )}
    </>
  );
}

function Name({ agent }: { agent: WarmAgent }) {
  const { path } = agent;
  if (path === null) return <strong>{agent.agent}</strong>;
  return (
    <button type="button" class="sv-link" title={path} onClick={() => openDetails(path)}>
      {agent.agent}
    </button>
  );
}

/** Who goes first comes first; those who cannot go stand behind. */
const inOrder = (agents: readonly WarmAgent[]): WarmAgent[] =>
  [...agents].sort((a, b) => (a.eviction_rank ?? Number.MAX_SAFE_INTEGER) - (b.eviction_rank ?? Number.MAX_SAFE_INTEGER));
