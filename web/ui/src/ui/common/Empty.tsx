import type { ComponentChildren } from "preact";
import "./empty.css";

/** Nothing here yet: `title` says so, the children say what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
