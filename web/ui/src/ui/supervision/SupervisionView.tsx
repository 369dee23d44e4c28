/**
 * The live tree of actors: what runs, what failed, why, and what to do about it.
 *
 * The server looks closely only while this is seen: a view behind another tab, or in a window nobody looks at, ends
 * its watching and begins again when it is back.
 */

import { useLayoutEffect, useRef } from "preact/hooks";
import { closePanel } from "../../state/supervisionLooking";
import { isLoaded, loadError, look } from "../../state/supervision";
import { ErrorNote } from "../common/ErrorNote";
import { Spinner } from "../common/Spinner";
import { ActorTree } from "./ActorTree";
import { DetailsSheet } from "./DetailsSheet";
import { Panels } from "./Panels";
import { PanelTabs } from "./PanelTabs";
import { Summary } from "./Summary";
import { Toolbar } from "./Toolbar";
import { useKeys } from "./useKeys";
import { useNarrow } from "./useNarrow";
import { useWatching } from "./useWatching";
import "./supervision.css";

export default function SupervisionView({ isActive }: { isActive: boolean }) {
  const ref = useRef<HTMLElement>(null);
  useWatching(ref);
  useKeys(ref, isActive);
  const isNarrow = useNarrow(ref);
  // What was shown beside the tree is not asked for over it.
  useLayoutEffect(closePanel, [isNarrow]);
  return (
    <section ref={ref} class={isNarrow ? "sv sv-narrow" : "sv"} aria-label="Supervision">
      <header class="sv-top">
        <Summary />
        <Toolbar />
        {loadError.value !== null && <ErrorNote error={loadError.value} onRetry={look} />}
      </header>
      <div class="sv-main">
        <div class="sv-tree">{isLoaded.value ? <ActorTree isNarrow={isNarrow} /> : <Loading />}</div>
        {isNarrow ? (
          <>
            <PanelTabs isMenu />
            <DetailsSheet />
          </>
        ) : (
          <aside class="sv-side" aria-label="Details">
            <PanelTabs />
            <Panels />
          </aside>
        )}
      </div>
    </section>
  );
}

const Loading = () =>
  loadError.value === null ? (
    <p class="sv-loading note">
      <Spinner /> Looking at the tree…
    </p>
  ) : null;
