/** Why an actor is as it is: what it does now, what happened to it, what was lost, and what one can do. */

import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { timeline, tree, warmAt } from "../../state/supervision";
import { clock } from "../../state/supervisionClock";
import { wantsPanelFocus } from "../../state/supervisionLooking";
import { troubles } from "../../state/supervisionTrouble";
import { explainActor, explained, whyError } from "../../state/supervisionWhy";
import { callName, kindOf, nameOf, situation } from "../../state/supervisionWords";
import type { Node } from "../../wire/types";
import { Chip } from "../common/Chip";
import { ErrorNote } from "../common/ErrorNote";
import { ActorActions } from "./ActorActions";
import { Budget } from "./Budget";
import { ExitStory, OlderExits } from "./ExitStory";
import { Facts } from "./Facts";
import { AgentNext } from "./NextStep";
import { StateMark } from "./StateMark";
import { TimelineList } from "./TimelineList";
import { PoolOfAgents } from "./WarmAgents";
import "./why-panel.css";

/** Turns that were being run are settled a moment after the end of who ran them. */
const SETTLING_MS = 1_000;
const POOL = "session_pool";

export function WhyPanel({ path }: { path: string }) {
  const node = tree.value.nodes.get(path);
  const known = explained.value?.path === path ? explained.value : null;
  useExplained(path);
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!wantsPanelFocus.peek()) return;
    wantsPanelFocus.value = false;
    ref.current?.focus();
  });
  const [latest, ...older] = known?.why?.exits ?? [];
  const agent = warmAt(path);
  return (
    <div ref={ref} class="sv-why" tabIndex={-1} role="group" aria-label={`Actor ${callName(path, node?.subject)}`}>
      <Head path={path} node={node} />
      <ActorActions path={path} />
      {whyError.value !== null && <ErrorNote error={whyError.value} onRetry={() => void explainActor(path)} />}
      {latest && (
        <>
          <h3>What happened</h3>
          <ExitStory report={latest} isLatest />
        </>
      )}
      {known && !latest && <p class="note">It has not ended since BooCode started.</p>}
      {node?.fuse && <Budget node={node} fuse={node.fuse} />}
      {agent && (
        <>
          <h3>Warm agent</h3>
          <p>
            <AgentNext agent={agent} />
          </p>
        </>
      )}
      {nameOf(path) === POOL && <PoolOfAgents />}
      {older.length > 0 && <OlderExits reports={older} />}
      {known && known.events.length > 0 && (
        <>
          <h3>Its timeline</h3>
          <TimelineList events={known.events} lookedAt={null} below={path} />
        </>
      )}
      {node && <Facts node={node} />}
    </div>
  );
}

function Head({ path, node }: { path: string; node: Node | undefined }) {
  return (
    <>
      <h2 class="sv-why-name">
        {node && <StateMark state={node.state} isStuck={!node.is_responsive} />}
        {callName(path, node?.subject)}
        {node && <span class="sv-type">{kindOf(node)}</span>}
      </h2>
      <p class="sv-why-path">
        <code>{path}</code>
      </p>
      {node ? <Situation node={node} /> : <p>It is gone. What is remembered of it stands below.</p>}
    </>
  );
}

function Situation({ node }: { node: Node }) {
  const words = situation(node, clock.value);
  const found = troubles(node, clock.value);
  return (
    <p class="sv-situation">
      {words}
      {found.map((word) => (
        <Chip key={word} kind="bad">
          {word}
        </Chip>
      ))}
    </p>
  );
}

/** Asks again whenever something happened to it or below it, and until its turns are settled. */
function useExplained(path: string): void {
  const below = `${path}/`;
  const lastSeq = useComputed(() => timeline.value.events.find((event) => event.path === path || event.path.startsWith(below))?.seq).value;
  const ends = useComputed(() => {
    const node = tree.value.nodes.get(path);
    return node ? `${node.incarnation} ${node.last_exit?.at ?? ""}` : "gone";
  }).value;
  useEffect(() => void explainActor(path), [path, lastSeq, ends]);
  const known = explained.value;
  const turns = known?.path === path ? (known.why?.exits[0]?.turns ?? []) : [];
  const isSettling = turns.some((turn) => turn.state === "running" || turn.state === "pending");
  useEffect(() => {
    if (!isSettling) return;
    const timer = setTimeout(() => void explainActor(path), SETTLING_MS);
    return () => clearTimeout(timer);
  }, [path, known, isSettling]);
}
