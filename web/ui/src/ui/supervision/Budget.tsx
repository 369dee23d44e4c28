import { clock } from "../../state/supervisionClock";
import { duration, fuseAt } from "../../state/supervisionTimes";
import type { Fuse, Node } from "../../wire/types";
import { FuseBar } from "./FuseBar";

/** Of a supervisor: how much of its restarts is used up, and when they come back. */
export function Budget({ node, fuse }: { node: Node; fuse: Fuse }) {
  const now = clock.value;
  const { used, max, nextBackAt, words } = fuseAt(fuse, now);
  const left = max - used;
  return (
    <>
      <h3>Restart budget</h3>
      {max > 0 && <FuseBar fuse={fuse} />}
      <p>
        {words}.{" "}
        {max > 0 && (left > 0 ? `${left} left: one more than that ends ${node.name} itself.` : `The next one ends ${node.name} itself.`)}{" "}
        {nextBackAt !== null && `The oldest stops counting in ${duration((nextBackAt - now) / 1000)}.`}
      </p>
    </>
  );
}
