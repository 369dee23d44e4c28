import type { JSX } from "preact";
import { IconButton } from "../common/IconButton";
import { toast } from "../common/toast";

/** Something to be pasted elsewhere, and a button that copies it. */
export function Copyable({ text, what }: { text: string; what: string }): JSX.Element {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      toast(`Copied ${what}.`);
    } catch {
      toast(`The browser did not let it be copied. Mark ${what} and copy it yourself.`, { kind: "error" });
    }
  };
  return (
    <span class="copyable">
      <code>{text}</code>
      <IconButton label={`Copy ${what}`} icon="copy" onClick={() => void copy()} />
    </span>
  );
}
