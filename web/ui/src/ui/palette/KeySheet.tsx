import { keyBindings, keyName, keyNotes, type KeyNote } from "../../state/keys";
import { Dialog } from "../common/Dialog";
import "./palette.css";

const FIRST = "Everywhere";

/** All keys that mean something now, under headings. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      {grouped([...keyBindings.value, ...keyNotes.value]).map(([group, rows]) => (
        <section key={group} aria-label={group}>
          <h3 class="sheet-group">{group}</h3>
          <dl class="sheet-keys">
            {[...rows].map(([keys, what]) => (
              <div key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}

/** Each key once in a group, though several panes may have registered it. */
function grouped(all: readonly KeyNote[]): [string, Map<string, string>][] {
  const groups = new Map<string, Map<string, string>>([[FIRST, new Map()]]);
  for (const { keys, what, group = FIRST, written } of all) {
    const rows = groups.get(group) ?? new Map<string, string>();
    rows.set(written ?? keyName(keys), what);
    groups.set(group, rows);
  }
  return [...groups];
}
