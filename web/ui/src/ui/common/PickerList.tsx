import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { nextRow, typedAhead } from "../../state/rowKeys";
import type { PickerOption, PickerProps } from "./Picker";

interface ListProps extends Pick<PickerProps, "label" | "value" | "options" | "onPick" | "searchable"> {
  id: string;
  onClose: () => void;
}

/** The open list. The focus stays on the list, or on the search field; the row is told by `aria-activedescendant`. */
export function PickerList({ id, label, value, options, onPick, searchable, onClose }: ListProps) {
  const [query, setQuery] = useState("");
  const shown = options.filter((option) => isWanted(option, query));
  const [moved, setAt] = useState<number | null>(null);
  const at = moved ?? Math.max(0, shown.findIndex((option) => option.value === value));
  const focused = useRef<HTMLElement | null>(null);
  const hold = (element: HTMLElement | null) => {
    focused.current = element;
  };
  const rowId = (row: number) => `${id}-${row}`;
  // The options may come, or become too many to be looked through, while the list is open.
  useEffect(() => focused.current?.focus(), [searchable]);
  useLayoutEffect(() => document.getElementById(rowId(at))?.scrollIntoView({ block: "nearest" }), [at, query]);

  const pick = (row: number) => {
    const option = shown[row];
    if (option && !option.disabled) onPick(option.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const isSpace = event.key === " " && !searchable;
    const isInText = searchable && (event.key === "Home" || event.key === "End");
    let to = isInText ? null : nextRow(event.key, at, shown.length);
    if (to === null && !searchable) to = typedAhead(event, at, shown.map((option) => option.label));
    if (to !== null) setAt(to);
    else if (event.key === "Enter" || isSpace) pick(at);
    else if (event.key === "Tab") onClose();
    else return;
    event.preventDefault();
  };
  const active = shown.length ? rowId(at) : undefined;
  const listProps = searchable
    ? {}
    : { ref: hold, tabIndex: 0, "aria-activedescendant": active, onKeyDown };
  return (
    <div class="picker-popup">
      {searchable && (
        <input
          ref={hold}
          class="picker-search"
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={active}
          aria-label={`Search: ${label}`}
          placeholder="Search"
          autocomplete="off"
          spellcheck={false}
          onKeyDown={onKeyDown}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
        />
      )}
      <div id={id} class="picker-list" role="listbox" aria-label={label} {...listProps}>
        {grouped(shown).map(([group, rows]) => {
          const drawn = rows.map(([option, row]) => (
            <Row key={option.value} id={rowId(row)} option={option} isAt={row === at} isChosen={option.value === value} onPick={() => pick(row)} />
          ));
          if (!group) return drawn;
          return (
            <div key={group} role="group" aria-label={group}>
              <div class="picker-group" aria-hidden="true">
                {group}
              </div>
              {drawn}
            </div>
          );
        })}
      </div>
      {!shown.length && <p class="note picker-none">{options.length ? `Nothing fits “${query}”.` : "Nothing to choose from yet."}</p>}
    </div>
  );
}

interface RowProps {
  id: string;
  option: PickerOption;
  isAt: boolean;
  isChosen: boolean;
  onPick: () => void;
}

function Row({ id, option, isAt, isChosen, onPick }: RowProps) {
  return (
    <div id={id} role="option" class={isAt ? "picker-row picker-at" : "picker-row"} aria-selected={isChosen} aria-disabled={option.disabled} onClick={onPick}>
      <span>{option.label}</span>
      {option.hint && <span class="note">{option.hint}</span>}
    </div>
  );
}

const isWanted = (option: PickerOption, query: string): boolean => {
  const text = `${option.label} ${option.value} ${option.group ?? ""}`.toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
};

/** Groups in the order in which they come first; each row keeps its number in `shown`. */
function grouped(shown: readonly PickerOption[]): [string, [PickerOption, number][]][] {
  const groups = new Map<string, [PickerOption, number][]>();
  shown.forEach((option, row) => {
    const group = option.group ?? "";
    const rows = groups.get(group);
    if (rows) rows.push([option, row]);
    else groups.set(group, [[option, row]]);
  });
  return [...groups];
}
