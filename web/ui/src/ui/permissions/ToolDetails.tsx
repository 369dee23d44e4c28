import { useMemo, useState } from "preact/hooks";
import type { Part } from "../../wire/types";
import { ToolDiff } from "../diff/ToolDiff";
import { toolFacts } from "./toolFacts";

/** What the agent wants to do, in full: a person decides by this. */
export function ToolDetails({ tool }: { tool: Part }) {
  const { command, places, rest } = useMemo(() => toolFacts(tool), [tool]);
  return (
    <div class="permission-details">
      {command !== null && (
        <pre class="permission-command" tabIndex={0} role="region" aria-label="Command">
          {command}
        </pre>
      )}
      {places.map(({ label, path }) => (
        <p key={path} class="note">
          {label} <code>{path}</code>
        </p>
      ))}
      {tool.diff && (
        <Unfold label={`Show the change of ${tool.diff.path}`}>
          {() => tool.diff && <ToolDiff diff={tool.diff} />}
        </Unfold>
      )}
      {rest !== null && (
        <Unfold label="Show all that the agent said">
          {() => (
            <pre class="permission-command" tabIndex={0} role="region" aria-label="All that the agent said">
              {rest}
            </pre>
          )}
        </Unfold>
      )}
    </div>
  );
}

/** Its content is made when it is opened. */
function Unfold({ label, children }: { label: string; children: () => preact.ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="permission-more" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {isOpen && children()}
    </details>
  );
}
