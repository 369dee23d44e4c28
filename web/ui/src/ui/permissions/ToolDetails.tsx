import { useMemo, useState } from "preact/hooks";
import { revealed } from "../../state/unseen";
import type { Part } from "../../wire/types";
import { ToolDiff } from "../diff/ToolDiff";
import { toolFacts } from "./toolFacts";

/** What the agent wants to do, in full: a person decides by this. */
export function ToolDetails({ tool }: { tool: Part }) {
  const { commands, places, rest, onlyInRest } = useMemo(() => toolFacts(tool), [tool]);
  return (
    <div class="permission-details">
      {commands.map(({ name, text }, index) => (
        <Words key={name} label={index ? `Command (${name})` : "Command"} text={text} />
      ))}
      {places.map(({ label, path }) => (
        <p key={`${label} ${path}`} class="note">
          {label} <code>{revealed(path)}</code>
        </p>
      ))}
      {tool.output && <Words label="What the agent says of it" text={tool.output} />}
      {tool.diff && (
        <Unfold label={`Show the change of ${revealed(tool.diff.path)}`}>
          {() => tool.diff && <ToolDiff diff={tool.diff} />}
        </Unfold>
      )}
      {rest !== null && (
        <Unfold label={`Show all that the agent said, also: ${revealed(onlyInRest.join(", "))}`}>
          {() => <Words label="All that the agent said" text={rest} />}
        </Unfold>
      )}
    </div>
  );
}

const Words = ({ label, text }: { label: string; text: string }) => (
  <pre class="permission-command" tabIndex={0} role="region" aria-label={label}>
    {revealed(text)}
  </pre>
);

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
