import { loopLagMs, tree, troubleCount } from "../../state/supervision";
import { isOnlyTrouble } from "../../state/supervisionLooking";
import { plural } from "../../state/supervisionTimes";
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
  if (!count) return <Chip kind="good">all well</Chip>;
  return (
    <button type="button" class="chip chip-bad sv-trouble-count" onClick={showThem} title="Show only these">
      {count} in trouble
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
