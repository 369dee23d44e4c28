import { openView } from "../../state/layout";
import { isPanelOpen, titleOf } from "../../state/supervisionLooking";

/** Opens the chat. */
export function ChatLink({ chatId }: { chatId: string }) {
  const open = () => {
    isPanelOpen.value = false;
    openView({ kind: "chat", chatId });
  };
  return (
    <button type="button" class="sv-link" onClick={open}>
      {chatName(chatId)}
    </button>
  );
}

export const chatName = (chatId: string): string => titleOf(chatId) || "Chat";
