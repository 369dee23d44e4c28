import { useEffect, useRef, useState } from "preact/hooks";
import { nextRow, typedAhead } from "../../state/rowKeys";
import { Icon, type IconName } from "./Icon";
import { IconButton } from "./IconButton";
import { Popup } from "./Popup";
import "./menu.css";

export interface MenuItem {
  label: string;
  onSelect: () => void;
  disabled?: boolean | undefined;
  /** Said beside the label: a key, or why it cannot be done. */
  hint?: string | undefined;
  danger?: boolean | undefined;
  icon?: IconName | undefined;
}

export interface MenuProps {
  /** What the actions are for: the name of the button. */
  label: string;
  items: readonly MenuItem[];
  icon?: IconName | undefined;
  class?: string | undefined;
  /** The button is reached by other means than Tab, as in a tree or a list of tabs. */
  tabIndex?: number | undefined;
}

/** A button with three dots and the actions behind it. Arrows, Home, End, first letters, Enter, Esc. */
export function Menu({ label, items, icon = "more", class: more, tabIndex }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <IconButton
        ref={button}
        class={more}
        tabIndex={tabIndex}
        label={label}
        icon={icon}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={(event) => {
          event.stopPropagation();
          setOpen(!isOpen);
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(true);
        }}
      />
      {isOpen && (
        <Popup anchor={button} onClose={close}>
          <MenuList label={label} items={items} onDone={close} />
        </Popup>
      )}
    </>
  );
}

function MenuList({ label, items, onDone }: { label: string; items: readonly MenuItem[]; onDone: () => void }) {
  const list = useRef<HTMLDivElement>(null);
  const rows = () => [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  useEffect(() => rows()[0]?.focus(), []);
  const move = (event: KeyboardEvent) => {
    const all = rows();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = nextRow(event.key, at, all.length) ?? typedAhead(event, at, items.map((item) => item.label));
    if (event.key === "Tab") onDone();
    if (to === null) return;
    event.preventDefault();
    all[to]?.focus();
  };
  return (
    <div ref={list} role="menu" aria-label={label} class="menu" onKeyDown={move}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          aria-disabled={item.disabled}
          class={item.danger ? "menu-item menu-danger" : "menu-item"}
          onClick={(event) => {
            event.stopPropagation();
            if (item.disabled) return;
            onDone();
            item.onSelect();
          }}
        >
          {item.icon && <Icon name={item.icon} />}
          <span>{item.label}</span>
          {item.hint && <span class="menu-hint">{item.hint}</span>}
        </button>
      ))}
    </div>
  );
}
