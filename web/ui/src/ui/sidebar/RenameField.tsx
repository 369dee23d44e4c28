import { useLayoutEffect, useRef } from "preact/hooks";

export interface RenameFieldProps {
  name: string;
  /** Called once; null: nothing is to be changed. `byKey`: the focus was in it until then. */
  onEnd: (name: string | null, byKey: boolean) => void;
}

/** A name that is edited in its place. Enter or going elsewhere keeps it, Esc does not. */
export function RenameField({ name, onEnd }: RenameFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const isOver = useRef(false);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const end = (keep: boolean, byKey: boolean) => {
    if (isOver.current) return;
    isOver.current = true;
    const now = field.current?.value.trim() ?? "";
    onEnd(keep && now && now !== name ? now : null, byKey);
  };
  return (
    <input
      ref={field}
      class="rename-field"
      aria-label={`New name of ${name}`}
      maxLength={200}
      defaultValue={name}
      autocomplete="off"
      onBlur={() => end(true, false)}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.isComposing) return;
        if (event.key === "Enter") end(true, true);
        if (event.key === "Escape") end(false, true);
      }}
    />
  );
}
