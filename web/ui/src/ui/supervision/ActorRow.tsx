import { useComputed } from "@preact/signals";
import { nodeAt, warmAt } from "../../state/supervision";
import { clock } from "../../state/supervisionClock";
import { active, isFiltering, openDetails, selected, titleOf, toggle } from "../../state/supervisionLooking";
import type { Row } from "../../state/supervisionRows";
import { bytes, plural } from "../../state/supervisionTimes";
import { troubles } from "../../state/supervisionTrouble";
import { callName, kindOf, ownerId, STATE_WORDS } from "../../state/supervisionWords";
import type { Node } from "../../wire/types";
import { Chip } from "../common/Chip";
import { Icon } from "../common/Icon";
import { FuseBar } from "./FuseBar";
import { MailboxBar, OldestMessage } from "./MailboxBar";
import { NextStep } from "./NextStep";
import { StateMark } from "./StateMark";

interface ActorRowProps {
  row: Row;
  index: number;
  top: number;
  /** No row is active: this one is where Tab arrives. */
  isFirst: boolean;
}

/** One actor. Drawn again when its own node differs, and for nobody else's sake. */
export function ActorRow({ row, index, top, isFirst }: ActorRowProps) {
  const isActive = useComputed(() => active.value === row.path).value;
  const isSelected = useComputed(() => selected.value === row.path).value;
  const node = nodeAt(row.path)?.value;
  if (!node) return null;
  return (
    <div
      role="row"
      class={row.isPassage ? "sv-row sv-passage" : "sv-row"}
      style={{ transform: `translateY(${top}px)` }}
      tabIndex={isActive || isFirst ? 0 : -1}
      aria-rowindex={index + 2}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.setSize}
      aria-expanded={row.isExpanded ?? undefined}
      aria-selected={isSelected}
      onFocus={() => {
        active.value = row.path;
      }}
      onClick={(event) => {
        event.currentTarget.focus({ preventScroll: true });
        openDetails(row.path);
      }}
    >
      <span role="gridcell" class="sv-name" style={{ paddingLeft: `${(row.level - 1) * 0.95}rem` }}>
        <Fold row={row} />
        <span class="sv-name-word" title={node.path}>
          {shownName(node)}
        </span>
        <Whom node={node} />
      </span>
      <span role="gridcell" class="sv-state">
        <StateMark state={node.state} isStuck={!node.is_responsive} />
        {node.is_responsive ? STATE_WORDS[node.state] : "not responding"}
      </span>
      <span role="gridcell" class="sv-oldest">
        <OldestMessage node={node} />
      </span>
      <span role="gridcell" class="sv-mailbox">
        <MailboxBar node={node} />
      </span>
      <span role="gridcell" class="sv-restarts">
        <Restarts node={node} />
      </span>
      <span role="gridcell" class="sv-process">
        {node.process && (
          <>
            <span class="sv-faint sv-pid">{node.process.pid}</span> <span title={`Process ${node.process.pid}`}>{bytes(node.process.rss)}</span>
          </>
        )}
      </span>
      <span role="gridcell" class="sv-next">
        <Troubles node={node} hidden={row.hiddenTroubles} />
        <NextStep node={node} agent={warmAt(node.path)} />
      </span>
    </div>
  );
}

/** For the mouse; the keyboard has its arrows. */
function Fold({ row }: { row: Row }) {
  if (row.isExpanded === null) return <span class="sv-fold" />;
  const flip = (event: Event) => {
    event.stopPropagation();
    active.value = row.path;
    if (!isFiltering.value) toggle(row.path);
  };
  return (
    <span class="sv-fold" aria-hidden="true" onClick={flip}>
      <Icon name={row.isExpanded ? "chevron-down" : "chevron-right"} />
    </span>
  );
}

/** An owner of a session's worktree bears the name of the session. */
function shownName(node: Node): string {
  const name = callName(node.path, node.subject);
  const title = name === node.name && !node.subject?.chat_id ? titleOf(ownerId(node)) : null;
  return title === null ? name : `“${title}”`;
}

/** Of an agent's sub-tree and of a turn: the chat; else what it is. */
function Whom({ node }: { node: Node }) {
  const chat = node.subject?.chat_id;
  const title = chat && callName(node.path, node.subject) !== node.name ? titleOf(chat) : null;
  return (
    <span class={title ? "sv-type sv-whom" : "sv-type"} title={kindOf(node)}>
      {title ? `“${title}”` : kindOf(node)}
    </span>
  );
}

function Troubles({ node, hidden }: { node: Node; hidden: number }) {
  const found = useComputed(() => troubles(nodeAt(node.path)?.value ?? node, clock.value).join(", ")).value;
  if (!found && !hidden) return null;
  return (
    <>
      {found && (
        <Chip kind="bad" title={found}>
          {found}
        </Chip>
      )}
      {hidden > 0 && <Chip kind="bad">{hidden} in trouble below</Chip>}
    </>
  );
}

function Restarts({ node }: { node: Node }) {
  return (
    <>
      {node.fuse && <FuseBar fuse={node.fuse} />}
      {node.restarts > 0 && (
        <span class="sv-count" title={`${plural(node.restarts, "restart")} of this actor in all`}>
          <span aria-hidden="true">↻ </span>
          {node.restarts}
          <span class="unseen"> {node.restarts === 1 ? "restart" : "restarts"} in all</span>
        </span>
      )}
    </>
  );
}
