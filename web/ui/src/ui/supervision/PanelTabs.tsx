import { useRef } from "preact/hooks";
import { deadLetters, lookedAt, pool, processes, timeline } from "../../state/supervision";
import { openPanel, panel, type Panel } from "../../state/supervisionLooking";
import { unseen } from "../../state/supervisionTimeline";
import "./panel-tabs.css";

const NAMES: Record<Panel, string> = {
  why: "Actor",
  timeline: "Timeline",
  warm: "Agents",
  letters: "Dead letters",
  processes: "Processes",
};
const ORDER: readonly Panel[] = ["why", "timeline", "warm", "letters", "processes"];

/** Which panel is shown. `isMenu`: each opens its panel over the tree. */
export function PanelTabs({ isMenu = false }: { isMenu?: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  if (isMenu) {
    return (
      <nav class="sv-tabs sv-tabs-menu" aria-label="More of supervision">
        {ORDER.slice(1).map((which) => (
          <button key={which} type="button" class="sv-tab" onClick={() => openPanel(which)}>
            {NAMES[which]}
            <Count of={which} />
          </button>
        ))}
      </nav>
    );
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    panel.value = ORDER[(ORDER.indexOf(panel.value) + step + ORDER.length) % ORDER.length] ?? panel.value;
    ref.current?.querySelector<HTMLElement>(`#sv-tab-${panel.value}`)?.focus();
  };
  return (
    <div ref={ref} class="sv-tabs" role="tablist" aria-label="Details" onKeyDown={onKeyDown}>
      {ORDER.map((which) => (
        <button
          key={which}
          id={`sv-tab-${which}`}
          type="button"
          role="tab"
          class="sv-tab"
          aria-selected={panel.value === which}
          aria-controls="sv-panel"
          tabIndex={panel.value === which ? 0 : -1}
          onClick={() => openPanel(which)}
        >
          {NAMES[which]}
          <Count of={which} />
        </button>
      ))}
    </div>
  );
}

function Count({ of }: { of: Panel }) {
  const count = counted(of);
  return count ? <span class={of === "timeline" ? "sv-tab-count sv-tab-news" : "sv-tab-count"}> {count}</span> : null;
}

function counted(which: Panel): string | number {
  switch (which) {
    case "why":
      return 0;
    case "timeline": {
      const fresh = unseen(timeline.value.events, lookedAt.value);
      return fresh && `${fresh} new`;
    }
    case "warm":
      return pool.value?.agents.length ?? 0;
    case "letters":
      return deadLetters.value;
    case "processes":
      return processes.value.length;
  }
}
