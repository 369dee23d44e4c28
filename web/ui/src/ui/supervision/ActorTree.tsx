/**
 * The tree as a grid of rows of one height. Only the rows in sight are mounted, and the active one, so that the focus
 * never goes with a row that is scrolled away.
 */

import { useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { rows } from "../../state/supervision";
import { active, filter, isFiltering, isOnlyTrouble, openDetails, toggle } from "../../state/supervisionLooking";
import { keyMove } from "../../state/supervisionKeys";
import { Button } from "../common/Button";
import { Empty } from "../common/Empty";
import { ActorRow } from "./ActorRow";
import { useFocusKept } from "./useFocusKept";
import { useWindow } from "./useWindow";
import "./actor-tree.css";

/** As in actor-tree.css. */
const ROW_PX = { wide: 30, narrow: 52 };
const HEAD_PX = { wide: 28, narrow: 0 };
const COLUMNS = ["Actor", "State", "Oldest", "Mailbox", "Restarts", "Process", "What is up"];

export function ActorTree({ isNarrow }: { isNarrow: boolean }) {
  const size = isNarrow ? "narrow" : "wide";
  const list = rows.value;
  const ref = useRef<HTMLDivElement>(null);
  const [first, end] = useWindow(ref, list.length, ROW_PX[size], HEAD_PX[size]);
  const kept = useFocusKept(ref, list);
  const onActive = useRef<string | null>(null);
  const at = list.findIndex((row) => row.path === active.value);

  const reveal = (index: number): void => {
    const grid = ref.current;
    if (!grid || index < 0) return;
    const top = index * ROW_PX[size];
    const room = grid.clientHeight - HEAD_PX[size];
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top + ROW_PX[size] > grid.scrollTop + room) grid.scrollTop = top + ROW_PX[size] - room;
  };

  // Somebody else may have made it active: a line of the timeline, a link.
  useLayoutEffect(() => {
    if (active.value !== onActive.current) reveal(at);
    onActive.current = active.value;
  }, [active.value, at]);
  useSignalEffect(() => {
    void filter.value;
    void isOnlyTrouble.value;
    if (isFiltering.value && ref.current) ref.current.scrollTop = 0;
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pageRows = Math.max(1, Math.floor((ref.current?.clientHeight ?? 0) / ROW_PX[size]) - 1);
    const move = keyMove(event.key, list, active.value, { pageRows, canToggle: !isFiltering.value });
    if (!move) return;
    event.preventDefault();
    if (move.toggle && !isFiltering.value) toggle(move.toggle);
    if (move.isOpening && move.active) openDetails(move.active, true);
    else if (move.active) {
      active.value = move.active;
      kept.want();
    }
  };

  if (!list.length) return <NothingFound />;
  const shown = list.slice(first, end);
  const mounted = at >= 0 && (at < first || at >= end) ? [...shown, ...list.slice(at, at + 1)] : shown;
  return (
    <div
      ref={ref}
      class="sv-grid"
      role="treegrid"
      aria-label="Actors"
      aria-rowcount={list.length + 1}
      aria-colcount={COLUMNS.length}
      onKeyDown={onKeyDown}
      {...kept.handlers}
    >
      <div role="rowgroup" class="sv-head">
        <div role="row" class="sv-columns" aria-rowindex={1}>
          {COLUMNS.map((name) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" class="sv-body" style={{ height: `${list.length * ROW_PX[size]}px` }}>
        {mounted.map((row, index) => {
          const place = index < shown.length ? first + index : at;
          return <ActorRow key={row.path} row={row} index={place} top={place * ROW_PX[size]} isFirst={at < 0 && place === 0} />;
        })}
      </div>
    </div>
  );
}

function NothingFound() {
  const ref = useRef<HTMLDivElement>(null);
  // The row that had the focus may be gone with all the others.
  useLayoutEffect(() => {
    if (document.activeElement === document.body) ref.current?.querySelector("button")?.focus({ preventScroll: true });
  }, []);
  const isTrouble = isOnlyTrouble.value && !filter.value.trim();
  return (
    <div ref={ref}>
      <Empty title={isTrouble ? "All is well" : "No actor matches"}>
        <p class="note">
          {isTrouble
            ? "Nothing crashed lately, backs off, waits for long, is stopped or lost messages."
            : "A filter looks at names, types, agents, chats and process ids."}
        </p>
        <Button onClick={showAll}>Show all actors</Button>
      </Empty>
    </div>
  );
}

function showAll(): void {
  filter.value = "";
  isOnlyTrouble.value = false;
}
