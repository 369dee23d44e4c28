import { openView } from "../../state/layout";
import { closePanel, titleOf } from "../../state/supervisionLooking";

/** Opens the chat. */
export function ChatLink({ chatId }: { chatId: string }) {
  const open = () => {
    closePanel();
    openView({ kind: "chat", chatId });
  };
  return (
    <button type="button" class="sv-link" onClick={open}>
      {chatName(chatId)}
    </button>
  );
}

export const chatName = (chatId: string): string => titleOf(chatId) || "Chat";
