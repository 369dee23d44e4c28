import { useSignal } from "@preact/signals";
import { lookedAt, loadOlder, timeline } from "../../state/supervision";
import { filtered } from "../../state/supervisionTimeline";
import { Button } from "../common/Button";
import { Empty } from "../common/Empty";
import { toastError } from "../common/toast";
import { TimelineList } from "./TimelineList";

/** Crashes, restarts, evictions, reaps: what happened, the newest first; also while nobody looked. */
export function Timeline() {
  const filter = useSignal("");
  const isBusy = useSignal(false);
  const { events, hasOlder } = timeline.value;
  const shown = filtered(events, filter.value);
  const more = async (): Promise<void> => {
    isBusy.value = true;
    await loadOlder().catch(toastError);
    isBusy.value = false;
  };
  if (!events.length) {
    return (
      <Empty title="Nothing has happened yet">
        <p class="note">Crashes, restarts, evictions and suspensions are written down here, also while nobody looks.</p>
      </Empty>
    );
  }
  return (
    <>
      <input
        type="search"
        class="sv-events-filter"
        aria-label="Filter the timeline"
        placeholder="Filter: actor, event, reason"
        value={filter.value}
        onInput={(event) => {
          filter.value = event.currentTarget.value;
        }}
      />
      {shown.length ? <TimelineList events={shown} lookedAt={lookedAt.value} /> : <p class="note">No line matches.</p>}
      {hasOlder && (
        <Button isSmall busy={isBusy.value} onClick={() => void more()}>
          Show older
        </Button>
      )}
    </>
  );
}
