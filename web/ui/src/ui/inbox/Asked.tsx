import type { InboxItem } from "../../wire/types";
import { PermissionPrompt } from "../permissions/PermissionPrompt";
import { Where } from "./Where";

/** A question of an agent, answered here or in its chat. */
export function Asked({ item }: { item: InboxItem }) {
  return (
    <article class="inbox-item" tabIndex={-1} aria-label={item.title}>
      <Where item={item} />
      {item.permission && <PermissionPrompt question={item.permission} />}
    </article>
  );
}
