import { useEffect, useState } from "preact/hooks";
import { api, pathOf } from "../../net/api";
import { findChat } from "../../state/catalog";
import { chatName } from "../../state/catalogModel";
import type { Message, Task } from "../../wire/types";
import { Button } from "../common/Button";
import { Icon } from "../common/Icon";
import { openChat } from "../sidebar/acts";

/** Above the first prompt of a chat that another task has begun: the way back to the chat of that one. */
export function BegunBy({ first }: { first: Message }) {
  const chatId = useBeginner(first);
  if (chatId === null || chatId === first.chat_id) return null;
  const found = findChat(chatId);
  return (
    <p class="begun-by note">
      <Icon name="chat" /> A sub-task, begun by{" "}
      <Button kind="quiet" isSmall title="Open the chat that began it" onClick={() => openChat(chatId)}>
        {found ? chatName(found.chat, found.session) : "another chat"}
      </Button>
    </p>
  );
}

/** The chat of the task above this prompt's; null: there is none. What a person wrote here is not asked about. */
function useBeginner({ task_id: taskId, client_id: clientId }: Message): string | null {
  const [chatId, setChatId] = useState<string | null>(null);
  useEffect(() => {
    if (taskId === null || clientId !== null) return;
    let isOver = false;
    void chatAbove(taskId).then(
      (found) => !isOver && setChatId(found),
      () => undefined, // only a way is missing
    );
    return () => {
      isOver = true;
    };
  }, [taskId, clientId]);
  return chatId;
}

async function chatAbove(taskId: string): Promise<string | null> {
  const { parent_task_id: above } = await api.get<Task>(pathOf("tasks", taskId));
  return above === null ? null : (await api.get<Task>(pathOf("tasks", above))).chat_id;
}
