import { clock } from "../../state/supervisionClock";
import { oldestWords } from "../../state/supervisionWords";
import type { Node } from "../../wire/types";
import "./mailbox-bar.css";

/** How long the oldest message has waited; counts by itself. */
export function OldestMessage({ node }: { node: Node }) {
  return <>{node.mailbox.oldest_since === null ? "" : oldestWords(node, clock.value)}</>;
}

/** How full the mailbox is, how full it has ever been, and the numbers. */
export function MailboxBar({ node }: { node: Node }) {
  const { depth, high_water, capacity, lost } = node.mailbox;
  if (capacity === 0) return null;
  const words = `${depth} wait now, ${high_water} at most so far, ${capacity} fit${lost ? `, ${lost} lost` : ""}`;
  return (
    <span class="sv-box" title={words}>
      <span class={depth / capacity >= 0.5 ? "sv-box-bar sv-box-full" : "sv-box-bar"} role="img" aria-label={words}>
        {depth > 0 && <span class="sv-box-depth" style={{ width: share(depth, capacity) }} />}
        {high_water > 0 && <span class="sv-box-high" style={{ left: share(high_water, capacity) }} />}
      </span>
      <span aria-hidden="true" class={depth ? undefined : "sv-faint"}>
        {depth}
        <span class="sv-faint">↑{high_water}</span>
      </span>
      {lost > 0 && (
        <span aria-hidden="true" class="sv-bad">
          −{lost}
        </span>
      )}
    </span>
  );
}

/** By its root: the first few of many can be told apart. */
const share = (count: number, capacity: number): string => `${Math.min(100, Math.sqrt(count / capacity) * 100).toFixed(1)}%`;
