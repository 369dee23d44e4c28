import { useMemo, useState } from "preact/hooks";
import { visible, withoutColours } from "../markdown/visible";
import { Button } from "../common/Button";
import { copyText } from "./copyText";
import { MOUNTED, windowOf } from "./textWindow";

export interface LongTextProps {
  /** What it is: "Output". */
  label: string;
  text: string;
}

/** Preformatted text of any length: a window of its lines, more on demand, all of it for the clipboard. */
export function LongText({ label, text }: LongTextProps) {
  const [more, setMore] = useState(0);
  const clean = useMemo(() => visible(withoutColours(text)), [text]);
  const { head, left, tail, total, isCut } = useMemo(() => windowOf(clean, more), [clean, more]);
  return (
    <div class="long-text" role="group" aria-label={label}>
      <div class="long-head">
        <span>
          {label}
          {total > 1 && <span class="long-count"> · {total.toLocaleString("en")} lines</span>}
        </span>
        <Button kind="quiet" isSmall aria-label={`Copy all of it: ${label}`} onClick={() => void copyText(text, `${label}: copied.`)}>
          Copy all
        </Button>
      </div>
      <pre tabIndex={0} role="region" aria-label={left ? `${label}, beginning` : label} dir="ltr">
        {head}
      </pre>
      {left > 0 && (
        <>
          <p class="long-gap">
            <span>{left.toLocaleString("en")} lines are not shown.</span>
            <Button isSmall onClick={() => setMore(more + MOUNTED)}>
              Show {Math.min(left, MOUNTED)} more lines
            </Button>
            {left > MOUNTED && (
              <Button isSmall onClick={() => setMore(total)}>
                Show all
              </Button>
            )}
          </p>
          <pre tabIndex={0} role="region" aria-label={`${label}, end`} dir="ltr">
            {tail}
          </pre>
        </>
      )}
      {isCut && <p class="note">Lines longer than a screen are cut; “Copy all” takes them whole.</p>}
    </div>
  );
}
