import { api, pathOf } from "../../net/api";
import type { Task } from "../../wire/types";
import { Button } from "../common/Button";
import { toast } from "../common/toast";
import { attempt, openChat } from "../sidebar/acts";

const TASK_ID = /\btask_[0-9a-f]{20}\b/g;
const MOST = 8;

/** The ways from what a tool said to the tasks that it names: sub-tasks that the agent has begun. */
export function TaskLinks({ output }: { output: string }) {
  const ids = [...new Set(output.match(TASK_ID))].slice(0, MOST);
  if (!ids.length) return null;
  return (
    <p class="tool-line">
      {ids.map((id, number) => (
        <Button key={id} kind="quiet" isSmall icon="chat" title={id} onClick={() => void attempt(() => openTask(id))}>
          {ids.length === 1 ? "Open the sub-task" : `Open sub-task ${number + 1}`}
        </Button>
      ))}
    </p>
  );
}

async function openTask(id: string): Promise<void> {
  const task = await api.get<Task>(pathOf("tasks", id));
  if (task.chat_id === null) toast("That task is not in a chat.");
  else openChat(task.chat_id);
}
