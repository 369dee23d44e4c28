import { Icon } from "../common/Icon";
import { visible } from "../markdown/visible";
import "./notice.css";

/** A word of BooCode's own, within an answer or between messages. */
export function Notice({ text }: { text: string }) {
  return (
    <p class="chat-notice" role="note">
      <Icon name="info" />
      <span>{visible(text)}</span>
    </p>
  );
}
