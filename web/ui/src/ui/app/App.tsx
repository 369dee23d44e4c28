import { useEffect } from "preact/hooks";
import { isDrawerOpen, layout } from "../../state/layout";
import { LiveRegion } from "../common/announce";
import { Confirmations } from "../common/confirm";
import { Toasts } from "../common/toast";
import { Helps } from "../palette/Helps";
import { Panes } from "../panes/Panes";
import { Boundary } from "./Boundary";
import { ConnectionBanner } from "./ConnectionBanner";
import { isPhone } from "./screen";
import { SideColumn, SideLine } from "./SideColumn";
import { regainFocus } from "./tabFocus";
import { TopBar } from "./TopBar";
import "./app.css";

/** The frame: what is around every view. */
export function App() {
  const isBehind = isPhone.value && isDrawerOpen.value;
  useEffect(regainFocus, [layout.value]);
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
          <SideLine />
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
