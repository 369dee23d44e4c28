import { useComputed } from "@preact/signals";
import { processes, timeline, tree } from "../../state/supervision";
import { openDetails } from "../../state/supervisionLooking";
import { bytes } from "../../state/supervisionTimes";
import { Empty } from "../common/Empty";
import { Time } from "../common/Time";
import { useFreshLists } from "./useFreshLists";

/** Every living child process of BooCode, whatever actor owns it. */
export function Processes() {
  const owners = useComputed(() => {
    const found = new Map<number, { path: string; rss: number | null }>();
    for (const node of tree.value.nodes.values()) {
      if (node.process) found.set(node.process.pid, { path: node.path, rss: node.process.rss });
    }
    return found;
  }).value;
  useFreshLists(`${timeline.value.events[0]?.seq ?? 0} ${[...owners.keys()].join()}`);
  if (!processes.value.length) {
    return (
      <Empty title="No processes">
        <p class="note">Agents and the embedded database run as processes; none does now.</p>
      </Empty>
    );
  }
  return (
    <ul class="sv-list">
      {processes.value.map((process) => {
        const owner = owners.get(process.pid);
        return (
          <li key={process.pid}>
            {owner ? (
              <button type="button" class="sv-link" title={owner.path} onClick={() => openDetails(owner.path)}>
                {process.label}
              </button>
            ) : (
              <strong>{process.label}</strong>
            )}{" "}
            {process.pid} · {bytes(owner?.rss ?? process.rss)} · started <Time at={process.started_at} />
            {process.pgid !== process.pid && <span class="sv-faint"> · group {process.pgid}</span>}
            <p class="sv-command" title={process.command}>
              <code>{process.command}</code>
            </p>
          </li>
        );
      })}
    </ul>
  );
}
