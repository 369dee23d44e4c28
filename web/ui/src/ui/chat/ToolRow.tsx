import { useContext, useId } from "preact/hooks";
import type { Part } from "../../wire/types";
import { Chip } from "../common/Chip";
import { Icon } from "../common/Icon";
import { ToolDiff } from "../diff/ToolDiff";
import { visible } from "../markdown/visible";
import { Folder } from "./folder";
import { LongText } from "./LongText";
import { fileName, leaveWords, placeIn, TOOL_WORDS, toolIcon, toolTitle } from "./toolLooks";
import { OpenTools, useOpenTool } from "./openTools";
import { StateMark } from "./StateMark";
import { TaskLinks } from "./TaskLinks";
import "./tool-row.css";

const MOST_PLACES = 3;

/** One call of a tool. Closed, it mounts nothing of what it was given and what came of it. */
export function ToolRow({ part }: { part: Part }) {
  const [isOpen, setOpen] = useOpenTool(part.tool_call_id);
  const tools = useContext(OpenTools);
  const bodyId = useId();
  const state = part.status ?? "pending";
  const title = visible(toolTitle(part));
  const leave = leaveWords(part.permission);
  const folder = useContext(Folder).value;
  const locations = (part.locations ?? []).map((place) => visible(placeIn(folder, place)));
  const places = locations.filter((place) => place !== "." && !title.includes(fileName(place)));
  return (
    <div
      class={`tool tool-${state}`}
      role="group"
      aria-label={`Tool: ${title}`}
      onFocusIn={() => tools.focus(part.tool_call_id)}
      onFocusOut={() => tools.blur(part.tool_call_id)}
    >
      <button type="button" class="tool-head" aria-expanded={isOpen} aria-controls={bodyId} onClick={() => setOpen(!isOpen)}>
        <StateMark state={state} words={TOOL_WORDS[state]} />
        <Icon name={toolIcon(part.kind)} />
        <bdi class="tool-title">{title}</bdi>
        {places.slice(0, MOST_PLACES).map((place) => (
          <code key={place} class="tool-place" title={place}>
            {fileName(place)}
          </code>
        ))}
        {places.length > MOST_PLACES && <span class="note">and {places.length - MOST_PLACES} more</span>}
        {leave && <Chip kind="warn">{leave}</Chip>}
        <span class="tool-fold">
          <Icon name={isOpen ? "chevron-down" : "chevron-right"} />
        </span>
      </button>
      <div id={bodyId} class="tool-body" hidden={!isOpen}>
        {isOpen && <ToolBody part={part} locations={locations} />}
      </div>
    </div>
  );
}

function ToolBody({ part, locations }: { part: Part; locations: readonly string[] }) {
  const { input, output, diff, permission } = part;
  const hasInput = input !== null && Object.keys(input).length > 0;
  const isEmpty = !hasInput && !output && !diff && !locations.length && !permission;
  return (
    <>
      {permission && (
        <p class="note tool-line">
          <Icon name="shield" /> {visible(permission)}
        </p>
      )}
      {!!locations.length && <p class="note">In {locations.map(visible).join(", ")}</p>}
      {hasInput && <LongText label="What it was given" text={JSON.stringify(input, null, 2)} />}
      {diff && <ToolDiff diff={diff} />}
      {output && <TaskLinks output={output} />}
      {output && <LongText label="Output" text={output} />}
      {isEmpty && <p class="note">{part.status === "completed" ? "It said nothing." : "Nothing to show yet."}</p>}
    </>
  );
}
