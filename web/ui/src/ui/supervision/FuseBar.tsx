import { clock } from "../../state/supervisionClock";
import { fuseAt } from "../../state/supervisionTimes";
import { HALF_BURNT } from "../../state/supervisionTrouble";
import type { Fuse } from "../../wire/types";
import "./fuse-bar.css";

const CORD_PX = 44;
const CHARGE_PX = 6;

/**
 * The restart budget as a fuse: a cord that burns towards its charge with each restart that counts, and grows back as
 * they stop counting. With the numbers in words.
 */
export function FuseBar({ fuse }: { fuse: Fuse }) {
  if (fuse.max_restarts === 0) {
    return (
      <span class="sv-fuse sv-faint" title="It never restarts anything: the first failure ends it">
        no restarts
      </span>
    );
  }
  // Only a fuse that burns has anything to count down.
  const { used, max, burnt, words } = fuseAt(fuse, fuse.falls_out_at.length ? clock.value : 0);
  const left = CORD_PX * (1 - burnt);
  const heat = burnt >= 1 ? " sv-fuse-out" : burnt >= HALF_BURNT ? " sv-fuse-hot" : used ? " sv-fuse-lit" : "";
  return (
    <span class={`sv-fuse${heat}`} title={words}>
      <svg viewBox={`0 0 ${CHARGE_PX + CORD_PX + 6} 12`} role="img" aria-label={words}>
        <path class="sv-fuse-ash" d={`M${CHARGE_PX} 6h${CORD_PX}`} />
        <path class="sv-fuse-cord" d={`M${CHARGE_PX} 6h${CORD_PX}`} style={{ strokeDasharray: `${left}px 100px` }} />
        <rect class="sv-fuse-charge" x="0.5" y="2.5" width={CHARGE_PX} height="7" rx="1.5" />
        {used > 0 && (
          <path class="sv-fuse-spark" style={{ transform: `translateX(${CHARGE_PX + left}px)` }} d="M0 1.5v9M-4 6h8M-2.8 3.2l5.6 5.6M-2.8 8.8l5.6 -5.6" />
        )}
      </svg>
      <span aria-hidden="true">
        {used}/{max}
      </span>
    </span>
  );
}
