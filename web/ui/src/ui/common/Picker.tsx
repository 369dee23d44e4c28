import { useId, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./Icon";
import { PickerList } from "./PickerList";
import { Popup } from "./Popup";
import "./picker.css";

export interface PickerOption {
  value: string;
  label: string;
  /** Beneath the label: what it means, or why it cannot be picked. */
  hint?: string | undefined;
  disabled?: boolean | undefined;
  /** Options of one group stand together, under its name. */
  group?: string | undefined;
}

export interface PickerProps {
  /** What is picked: "Model". The button is named "Model: the chosen one". */
  label: string;
  /** null: nothing is picked yet. */
  value: string | null;
  options: readonly PickerOption[];
  onPick: (value: string) => void;
  /** With a field that narrows the list; for long lists. */
  searchable?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Shown while nothing is picked. */
  placeholder?: string | undefined;
  icon?: IconName | undefined;
  class?: string | undefined;
}

/** A choice of one. Arrows, first letters or the search field, Enter, Esc; a sheet on a phone. */
export function Picker({ label, value, options, onPick, searchable, disabled, placeholder, icon, class: more }: PickerProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const chosen = options.find((option) => option.value === value)?.label ?? value ?? placeholder ?? "none";
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={more ? `picker ${more}` : "picker"}
        disabled={disabled}
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={`${label}: ${chosen}`}
        title={label}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {icon && <Icon name={icon} />}
        <span class="picker-chosen">{chosen}</span>
        <Icon name="chevron-down" />
      </button>
      {isOpen && (
        <Popup anchor={button} onClose={close}>
          <PickerList
            id={id}
            label={label}
            value={value}
            options={options}
            searchable={searchable}
            onClose={close}
            onPick={(picked) => {
              close();
              onPick(picked);
            }}
          />
        </Popup>
      )}
    </>
  );
}
