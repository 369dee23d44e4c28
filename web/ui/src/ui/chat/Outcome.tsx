import { useState } from "preact/hooks";
import { retryTask } from "../../state/inbox";
import type { Message } from "../../wire/types";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { Icon } from "../common/Icon";
import { visible } from "../markdown/visible";
import "./outcome.css";

const WORDS: Partial<Record<Message["status"], string>> = {
  error: "This turn failed.",
  interrupted: "This turn was cut off.",
};

/** How a turn ended that did not end well, and what can be done about it. */
export function Outcome({ message, isLast }: { message: Message; isLast: boolean }) {
  if (message.status === "cancelled") return <p class="outcome-stopped note">Stopped.</p>;
  const words = WORDS[message.status];
  if (!words) return null;
  return (
    <div class="outcome" role="group" aria-label="How this turn ended">
      <Icon name="warning" />
      <p>
        <b>{words}</b> {message.error && visible(message.error)}{" "}
        <span class="note">What it did until then is kept.{isLast ? " You can try the same prompt again, or say something else." : ""}</span>
      </p>
      {isLast && message.task_id !== null && <TryAgain taskId={message.task_id} />}
    </div>
  );
}

/** The same prompt once more, as a new turn below. */
function TryAgain({ taskId }: { taskId: string }) {
  const [state, setState] = useState<"ready" | "busy" | "done">("ready");
  const [problem, setProblem] = useState<unknown>(null);
  if (state === "done") return null;
  const run = async (): Promise<void> => {
    setState("busy");
    setProblem(null);
    try {
      await retryTask(taskId);
      setState("done");
    } catch (error) {
      setProblem(error);
      setState("ready");
    }
  };
  return (
    <>
      <Button icon="refresh" isSmall busy={state === "busy"} onClick={() => void run()}>
        Try again
      </Button>
      {problem !== null && <ErrorNote error={problem} />}
    </>
  );
}
