import { useLayoutEffect, useRef } from "preact/hooks";
import { isDrawerOpen, resizeSidebar, sidebar, SIDEBAR_BOUNDS } from "../../state/layout";
import { Separator } from "../panes/Separator";
import { Sidebar } from "../sidebar/Sidebar";
import { isPhone } from "./screen";

const USUAL_WIDTH = 270;
const INSIDE = "a[href], button:not(:disabled), input, [tabindex='0']";

/** The sidebar: a column, or on a phone a drawer over the page. */
export function SideColumn() {
  if (isPhone.value) return isDrawerOpen.value ? <Drawer /> : null;
  const { isOpen, width } = sidebar.value;
  if (!isOpen) return null;
  return (
    <div class="side" style={{ width: `${width}px` }}>
      <Sidebar />
    </div>
  );
}

/** The line between the column and the rest. */
export function SideLine() {
  const { isOpen, width } = sidebar.value;
  if (isPhone.value || !isOpen) return null;
  return (
    <Separator
      label="Width of the sidebar"
      orientation="vertical"
      value={width}
      least={SIDEBAR_BOUNDS.least}
      most={SIDEBAR_BOUNDS.most}
      step={10}
      usual={USUAL_WIDTH}
      onResize={resizeSidebar}
      valueAt={(event) => event.clientX}
    />
  );
}

/** The rest of the page is inert while it is open. Esc, a press beside it, or opening something closes it. */
function Drawer() {
  const ref = useRef<HTMLDivElement>(null);
  const close = () => {
    isDrawerOpen.value = false;
  };
  // Before the browser takes the focus from what is inert now.
  useLayoutEffect(() => {
    const before = document.activeElement;
    ref.current?.querySelector<HTMLElement>(INSIDE)?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) requestAnimationFrame(() => before.focus());
    };
  }, []);
  return (
    <div class="drawer" onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && close()}>
      <div ref={ref} class="side drawer-side">
        <Sidebar />
      </div>
      <button type="button" class="drawer-beside" aria-label="Close the sidebar" onClick={close} />
    </div>
  );
}
