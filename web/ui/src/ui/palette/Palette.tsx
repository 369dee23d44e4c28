import { useComputed } from "@preact/signals";
import { useId, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { nextRow } from "../../state/rowKeys";
import { Dialog } from "../common/Dialog";
import { actionEntries, changesEntries, chatEntries, type Entry } from "./entries";
import { matching } from "./matching";
import "./palette.css";

const MOST_ROWS = 60;

/** Everything that can be opened or done, by a few letters. */
export function Palette({ onClose }: { onClose: () => void }) {
  const id = useId();
  const actions = useMemo(actionEntries, []);
  const entries = useComputed(() => [...chatEntries(), ...actions, ...changesEntries()]).value;
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const found = useMemo(() => matching(entries, query).slice(0, MOST_ROWS), [entries, query]);
  useLayoutEffect(() => document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" }), [at, found]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // After the dialog has given the focus back.
    requestAnimationFrame(entry.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const to = event.key === "Home" || event.key === "End" ? null : nextRow(event.key, at, found.length);
    if (to !== null) setAt(to);
    else if (event.key === "Enter") run(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to, or do" onClose={onClose}>
      <input
        class="palette-query"
        type="text"
        role="combobox"
        aria-label="A chat, a view or a command"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length ? `${id}-${at}` : undefined}
        placeholder="A chat, a view or a command"
        autocomplete="off"
        spellcheck={false}
        autofocus
        onKeyDown={onKeyDown}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div id={id} class="palette-list" role="listbox" aria-label="What fits">
        {found.map((entry, row) => (
          <div key={entry.id} id={`${id}-${row}`} role="option" class="palette-row" aria-selected={row === at} onClick={() => run(entry)}>
            <span class="palette-title">{entry.title}</span>
            <span class="note">{entry.group === "Commands" ? entry.hint : [entry.group, entry.hint].filter(Boolean).join(" · ")}</span>
          </div>
        ))}
      </div>
      {!found.length && <p class="note">Nothing fits “{query}”. Try fewer letters.</p>}
    </Dialog>
  );
}
