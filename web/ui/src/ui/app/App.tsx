import { useEffect } from "preact/hooks";
import { activeView, isDrawerOpen } from "../../state/layout";
import { LiveRegion } from "../common/announce";
import { Confirmations } from "../common/confirm";
import { Toasts } from "../common/toast";
import { Helps } from "../palette/Helps";
import { Panes } from "../panes/Panes";
import { Boundary } from "./Boundary";
import { ConnectionBanner } from "./ConnectionBanner";
import { isPhone } from "./screen";
import { SideColumn } from "./SideColumn";
import { TopBar } from "./TopBar";
import "./app.css";

/** The frame: what is around every view. */
export function App() {
  const isBehind = isPhone.value && isDrawerOpen.value;
  useEffect(keepFocus, [activeView.value]);
  return (
    <div class="app">
      <ConnectionBanner />
      <div class="app-head" inert={isBehind}>
        {isPhone.value && <TopBar />}
      </div>
      <div class="app-body">
        <Boundary what="The sidebar">
          <SideColumn />
        </Boundary>
        <main class="app-main" inert={isBehind}>
          <Panes />
        </main>
      </div>
      <Helps />
      <Confirmations />
      <Toasts />
      <LiveRegion />
    </div>
  );
}

/** What had the focus went with the view that it was in: the keyboard goes on in the one that is seen now. */
function keepFocus(): void {
  if (document.activeElement !== document.body && document.activeElement !== null) return;
  document.querySelector<HTMLElement>(".pane-focused .pane-body")?.focus({ preventScroll: true });
}
