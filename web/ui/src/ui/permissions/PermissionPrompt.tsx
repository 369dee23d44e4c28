import { useSignal } from "@preact/signals";
import { useEffect, useId, useMemo } from "preact/hooks";
import { ApiError } from "../../net/api";
import { answerPermission } from "../../state/inbox";
import type { Permission, PermissionOption, PermissionRequested } from "../../wire/types";
import { announce } from "../common/announce";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { Icon } from "../common/Icon";
import { Deadline } from "./Deadline";
import { keysOf, outcomeWords } from "./outcome";
import { ToolDetails } from "./ToolDetails";
import "./permission.css";

export type Question = Permission | PermissionRequested;

export interface PermissionPromptProps {
  question: Question;
  /** It was answered here: where the focus goes next is the caller's to say. */
  onAnswer?: ((question: Question) => void) | undefined;
  /** It is not open any more, however it ended. */
  isOver?: boolean | undefined;
}

/** How a question ended that is not open any more. */
export interface Answered {
  outcome: string | null;
  answeredBy: Permission["answered_by"];
  isMine: boolean;
}

/** One question of an agent. Its keys (y, s, d) count only while the focus is in it. */
export function PermissionPrompt({ question, onAnswer, isOver }: PermissionPromptProps) {
  const answered = useSignal<Answered | null>(answerOf(question));
  const chosen = useSignal<string | null>(null);
  const problem = useSignal<unknown>(null);
  const titleId = useId();
  const keys = useMemo(() => keysOf(question.options), [question.options]);

  useEffect(() => {
    // Told again with its outcome: by another window, the command line or the deadline.
    answered.value ??= answerOf(question);
  }, [question]);

  async function answer(option: PermissionOption): Promise<void> {
    if (chosen.peek() !== null || answered.peek() !== null) return;
    chosen.value = option.id;
    problem.value = null;
    try {
      const done = await answerPermission(question.id, option.id);
      answered.value = { outcome: done.outcome, answeredBy: done.answered_by, isMine: true };
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 409 && error.status !== 404)) {
        problem.value = error;
        return;
      }
      // Somebody was first. That is no failure: it says how the question ended.
      const { outcome, answered_by: answeredBy } = error.problem;
      answered.value = { outcome: outcome ?? null, answeredBy: answeredBy ?? null, isMine: false };
    } finally {
      chosen.value = null;
    }
    announce(answeredWords(question, answered.peek()));
    onAnswer?.(question);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const option = question.options.find((each) => keys.get(each.id) === event.key.toLowerCase());
    if (!option) return;
    event.preventDefault();
    event.stopPropagation();
    void answer(option);
  }

  if (answered.value || isOver) {
    return (
      <p class="permission-over note">
        <Icon name="shield" />
        <span>
          <b>{question.title}</b> {answeredWords(question, answered.value)}
        </span>
      </p>
    );
  }
  return (
    <section class="permission" role="group" aria-labelledby={titleId} tabIndex={-1} onKeyDown={onKeyDown}>
      <h2 id={titleId} class="permission-title">
        <Icon name="shield" />
        <span>
          <span class="unseen">Question: </span>
          {question.title}
        </span>
      </h2>
      <ToolDetails tool={question.tool} />
      <div class="permission-options">
        {question.options.map((option) => (
          <Button
            key={option.id}
            kind={option.kind === "allow_once" ? "primary" : undefined}
            busy={chosen.value === option.id}
            disabled={chosen.value !== null && chosen.value !== option.id}
            aria-keyshortcuts={keys.get(option.id)}
            onClick={() => void answer(option)}
          >
            {option.label}
            {keys.has(option.id) && <kbd aria-hidden="true">{keys.get(option.id)}</kbd>}
          </Button>
        ))}
      </div>
      <Deadline question={question} />
      {problem.value !== null && <ErrorNote error={problem.value} />}
    </section>
  );
}

/** Null while it is open. */
function answerOf(question: Question): Answered | null {
  if (!("outcome" in question) || question.outcome === null) return null;
  return { outcome: question.outcome, answeredBy: question.answered_by, isMine: false };
}

function answeredWords(question: Question, answered: Answered | null): string {
  if (!answered || answered.outcome === null) return "This question is no longer open.";
  const words = outcomeWords(answered.outcome, answered.answeredBy, question.options, answered.isMine);
  return answered.isMine || answered.answeredBy !== "person" ? words : `Somebody was first. ${words}`;
}
