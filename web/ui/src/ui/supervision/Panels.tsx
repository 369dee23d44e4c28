import { panel, selected } from "../../state/supervisionLooking";
import { Empty } from "../common/Empty";
import { DeadLetters } from "./DeadLetters";
import { Processes } from "./Processes";
import { Timeline } from "./Timeline";
import { WarmAgents } from "./WarmAgents";
import { WhyPanel } from "./WhyPanel";
import "./panels.css";

/** The panel that is picked. Esc goes back to the tree. */
export function Panels({ isInDialog = false }: { isInDialog?: boolean }) {
  const roles = isInDialog ? {} : { id: "sv-panel", role: "tabpanel" as const, "aria-labelledby": `sv-tab-${panel.value}` };
  return (
    <div class="sv-panel" {...roles} tabIndex={isInDialog ? undefined : 0} onKeyDown={isInDialog ? undefined : backToTree}>
      <Shown />
    </div>
  );
}

function Shown() {
  switch (panel.value) {
    case "why":
      return selected.value === null ? <NobodyYet /> : <WhyPanel key={selected.value} path={selected.value} />;
    case "timeline":
      return <Timeline />;
    case "warm":
      return <WarmAgents />;
    case "letters":
      return <DeadLetters />;
    case "processes":
      return <Processes />;
  }
}

const NobodyYet = () => (
  <Empty title="No actor is selected">
    <p class="note">Select one in the tree to see what it does, why it ended last time, and to restart, stop or suspend it.</p>
  </Empty>
);

function backToTree(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const place = event.currentTarget as HTMLElement;
  place.closest(".sv")?.querySelector<HTMLElement>('.sv-row[tabindex="0"]')?.focus();
  event.preventDefault();
  event.stopPropagation();
}
