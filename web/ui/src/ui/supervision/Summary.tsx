import { useComputed } from "@preact/signals";
import { loopLagMs, timeline, tree, troubleCount } from "../../state/supervision";
import { clock } from "../../state/supervisionClock";
import { isOnlyTrouble, openPanel } from "../../state/supervisionLooking";
import { crashesSince } from "../../state/supervisionTimeline";
import { plural } from "../../state/supervisionTimes";
import { RECENT_CRASH_MS } from "../../state/supervisionTrouble";
import { Chip } from "../common/Chip";

const BUSY_MS = 20;
const STALLED_MS = 100;

/** How it is altogether, in one line. */
export function Summary() {
  const count = tree.value.nodes.size;
  return (
    <div class="sv-summary">
      <h1>Supervision</h1>
      {count > 0 && (
        <>
          <Chip>{plural(count, "actor")}</Chip>
          <Trouble />
          <Lag ms={loopLagMs.value} />
        </>
      )}
    </div>
  );
}

function Trouble() {
  const count = troubleCount.value;
  if (!count) return <Lately />;
  return (
    <button type="button" class="chip chip-bad sv-trouble-count" onClick={showThem} title="Show only these">
      {count} in trouble
    </button>
  );
}

/** Nobody is in trouble now; but who crashed may be gone for good. */
function Lately() {
  const crashes = useComputed(() => crashesSince(timeline.value.events, clock.value - RECENT_CRASH_MS)).value;
  if (!crashes) return <Chip kind="good">all well</Chip>;
  return (
    <button type="button" class="chip chip-warn sv-trouble-count" onClick={() => openPanel("timeline")} title="Show the timeline">
      {plural(crashes, "crash", "crashes")} in the last {Math.round(RECENT_CRASH_MS / 60_000)} min
    </button>
  );
}

function showThem(): void {
  isOnlyTrouble.value = true;
}

/** How late the event loop wakes a timer. */
function Lag({ ms }: { ms: number }) {
  const kind = ms >= STALLED_MS ? "bad" : ms >= BUSY_MS ? "warn" : undefined;
  const title = "How late the server's event loop wakes a timer: the 99th percentile of the last ten seconds";
  return (
    <Chip kind={kind} title={title}>
      loop lag {ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms
    </Chip>
  );
}
