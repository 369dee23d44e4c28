import { revealed } from "../../state/unseen";
import type { InboxItem } from "../../wire/types";
import { PermissionPrompt } from "../permissions/PermissionPrompt";
import { Where } from "./Where";

export interface AskedProps {
  item: InboxItem;
  /** It is answered and keeps its place for a moment. */
  isOver: boolean;
}

/** A question of an agent, answered here or in its chat. */
export function Asked({ item, isOver }: AskedProps) {
  return (
    <article class={isOver ? "inbox-item inbox-over" : "inbox-item"} tabIndex={-1} aria-label={revealed(item.title)}>
      <Where item={item} />
      {item.permission && <PermissionPrompt question={item.permission} isOver={isOver} />}
    </article>
  );
}
