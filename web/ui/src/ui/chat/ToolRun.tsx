import type { ComponentChildren } from "preact";
import { useContext, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { callsIn, stateOf, type Placed, type Run } from "../../state/toolRuns";
import { Icon } from "../common/Icon";
import { visible } from "../markdown/visible";
import { OpenTools } from "./openTools";
import { StateMark } from "./StateMark";
import { TOOL_WORDS } from "./toolLooks";
import "./tool-run.css";

export interface ToolRunProps {
  run: Run;
  /** Draws one part of it. */
  shown: (placed: Placed) => ComponentChildren;
}

/** What a run of tool calls did, in a line; its calls beneath. Closed, it mounts none of them. */
export function ToolRun({ run, shown }: ToolRunProps) {
  const tools = useContext(OpenTools);
  const calls = callsIn(run);
  const head = useRef<HTMLButtonElement>(null);
  // A label comes when the calls have been there for a while: what somebody reads in them stays in sight.
  const [isOpen, setOpen] = useState(() => calls.some((part) => tools.open.has(part.tool_call_id)));
  const [hadFocus] = useState(() => calls.some((part) => tools.hasFocus(part.tool_call_id)));
  const bodyId = useId();
  useLayoutEffect(() => {
    if (hadFocus) head.current?.focus({ preventScroll: true });
  }, [hadFocus]);
  const label = visible(run.label.text);
  const failed = calls.filter((part) => part.status === "failed").length;
  const state = stateOf(run);
  return (
    <div class="tool-run" role="group" aria-label={`Tools: ${label}`}>
      <button ref={head} type="button" class="tool-run-head" aria-expanded={isOpen} aria-controls={bodyId} onClick={() => setOpen(!isOpen)}>
        <StateMark state={state} words={TOOL_WORDS[state]} />
        <bdi class="tool-run-label">{label}</bdi>
        <span class="tool-run-count">
          {calls.length} calls{failed > 0 && `, ${failed} failed`}
        </span>
        <Icon name={isOpen ? "chevron-down" : "chevron-right"} />
      </button>
      <div id={bodyId} class="tool-run-body" hidden={!isOpen}>
        {isOpen && run.parts.map(shown)}
      </div>
    </div>
  );
}
