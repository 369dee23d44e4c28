import type { ComponentChildren } from "preact";
import "./page.css";

export interface PageProps {
  title: string;
  /** What this page is for, in a sentence. */
  about?: ComponentChildren;
  /** Buttons beside the title. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** A view that is read from top to bottom, as wide as lines can be read. Its title can be given the focus. */
export function Page({ title, about, actions, children }: PageProps) {
  return (
    <div class="page">
      <div class="page-column">
        <header class="page-head">
          <h1 tabIndex={-1}>{title}</h1>
          {actions && <div class="page-actions">{actions}</div>}
        </header>
        {about && <p class="page-about">{about}</p>}
        {children}
      </div>
    </div>
  );
}
