import { useSignal } from "@preact/signals";
import { ApiError } from "../../net/api";
import { tree } from "../../state/supervision";
import { type Action, ACTION_WORDS, consequences, holdsEdge, refusal, tiedTo } from "../../state/supervisionActions";
import { act } from "../../state/supervisionWhy";
import { callName } from "../../state/supervisionWords";
import type { Subject } from "../../wire/types";
import { Button } from "../common/Button";
import { confirm } from "../common/confirm";
import { toast, toastError } from "../common/toast";
import { chatName } from "./ChatLink";

/** The operator's actions on one actor. Each says before what it does to whom; one that makes no sense says why. */
export function ActorActions({ path }: { path: string }) {
  const running = useSignal<Action | null>(null);
  const isSuspended = tree.value.nodes.get(path)?.state === "suspended";
  const offered: Action[] = ["restart", "stop", isSuspended ? "resume" : "suspend"];
  const refusals = offered.map((action) => [action, refusal(tree.value, path, action)] as const);
  const run = async (action: Action): Promise<void> => {
    if (!(await confirm(questionOf(path, action)))) return;
    running.value = action;
    try {
      toast(await act(path, action));
    } catch (error) {
      // Its own answer goes with the connection; the tree shows soon how it went.
      if (isCutOff(error, path)) toast(`${callName(path, null)} is being restarted.`);
      else toastError(error);
    } finally {
      running.value = null;
    }
  };
  return (
    <div class="sv-actions">
      {refusals.map(([action, reason]) => (
        <Button
          key={action === "resume" ? "suspend" : action}
          isSmall
          kind={action === "stop" ? "danger" : undefined}
          busy={running.value === action}
          disabled={reason !== null}
          title={reason ?? undefined}
          aria-describedby={reason === null ? undefined : "sv-refusals"}
          onClick={() => void run(action)}
        >
          {ACTION_WORDS[action].verb}
        </Button>
      ))}
      <p id="sv-refusals" class="note">
        {[...grouped(refusals)].map(([reason, verbs]) => (
          <span key={reason}>
            {verbs.join(", ")}: {reason}{" "}
          </span>
        ))}
      </p>
    </div>
  );
}

const isCutOff = (error: unknown, path: string): boolean =>
  error instanceof ApiError && error.status === 0 && tiedTo(tree.value, path).some((tied) => holdsEdge(tree.value, tied));

/** One sentence for all actions that it forbids. */
function grouped(refusals: readonly (readonly [Action, string | null])[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [action, reason] of refusals) {
    if (reason !== null) found.set(reason, [...(found.get(reason) ?? []), ACTION_WORDS[action].verb]);
  }
  return found;
}

function questionOf(path: string, action: Action) {
  const { words, turns } = consequences(tree.value, path, action);
  const verb = ACTION_WORDS[action].verb;
  const name = callName(path, tree.value.nodes.get(path)?.subject);
  return {
    title: `${verb} ${name}?`,
    action: `${verb} ${name}`,
    danger: action === "stop" || (action === "restart" && turns.length > 0),
    body: (
      <div class="sv-consequences">
        {words.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {turns.length > 0 && (
          <ul>
            {turns.map((turn) => (
              <li key={turn.task_id}>{turnName(turn)}</li>
            ))}
          </ul>
        )}
      </div>
    ),
  };
}

const turnName = ({ agent, chat_id, task_id }: Subject): string =>
  `${agent ?? "an agent"} in ${chat_id ? `“${chatName(chat_id)}”` : `turn ${task_id}`}`;
