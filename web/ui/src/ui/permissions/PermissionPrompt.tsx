import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { ApiError } from "../../net/api";
import { answerPermission } from "../../state/inbox";
import { revealed } from "../../state/unseen";
import type { Permission, PermissionOption, PermissionRequested } from "../../wire/types";
import { announce } from "../common/announce";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { Icon } from "../common/Icon";
import { Deadline } from "./Deadline";
import { keysOf, outcomeWords } from "./outcome";
import { ToolDetails } from "./ToolDetails";
import { useExpiry } from "./useExpiry";
import { useUnread } from "./useUnread";
import "./permission.css";

export type Question = Permission | PermissionRequested;

export interface PermissionPromptProps {
  question: Question;
  /** It was answered here: where the focus goes next is the caller's to say. */
  onAnswer?: ((question: Question) => void) | undefined;
  /** It is not open any more, however it ended. */
  isOver?: boolean | undefined;
  /** Which of how many that are open, from 1. */
  place?: { at: number; of: number } | undefined;
}

/** How a question ended that is not open any more. */
export interface Answered {
  outcome: string | null;
  answeredBy: Permission["answered_by"];
  isMine: boolean;
}

/** One question of an agent, as it is or as it ended. */
export function PermissionPrompt(props: PermissionPromptProps) {
  const { question, isOver } = props;
  const answered = useSignal<Answered | null>(answerOf(question));

  useEffect(() => {
    // Told again with its outcome: by another window, the command line or the deadline.
    answered.value ??= answerOf(question);
  }, [question]);

  if (!answered.value && !isOver) return <OpenPrompt {...props} answered={answered} />;
  return (
    <p class="permission-over note">
      <Icon name="shield" />
      <span>
        <b>{revealed(question.title)}</b> {answeredWords(question, answered.value)}
      </span>
    </p>
  );
}

interface OpenPromptProps extends PermissionPromptProps {
  answered: Signal<Answered | null>;
}

/** Its keys (y, s, d) count only while the focus is in it. */
function OpenPrompt({ question, onAnswer, place, answered }: OpenPromptProps) {
  const chosen = useSignal<string | null>(null);
  const problem = useSignal<unknown>(null);
  const titleId = useId();
  const box = useRef<HTMLElement>(null);
  const keys = useMemo(() => keysOf(question.options), [question.options]);
  const isUnread = useUnread(box);
  const time = useExpiry(question, (end) => (answered.value ??= answerOf(end)));
  const canAnswer = (): boolean => !isUnread.peek() && time.expiry.peek() !== "over";

  async function answer(option: PermissionOption): Promise<void> {
    if (chosen.peek() !== null || answered.peek() !== null || !canAnswer()) return;
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
    // A key that is held was pressed for what stood here before.
    if (!event.repeat) void answer(option);
  }

  return (
    <section ref={box} class="permission" role="group" aria-labelledby={titleId} tabIndex={-1} onKeyDown={onKeyDown}>
      <h2 id={titleId} class="permission-title">
        <Icon name="shield" />
        <span>
          <span class={place ? "note" : "unseen"}>Question{place && ` ${place.at} of ${place.of}`}: </span>
          {revealed(question.title)}
        </span>
      </h2>
      <ToolDetails tool={question.tool} />
      <div class="permission-options">
        {question.options.map((option) => (
          <Button
            key={option.id}
            kind={option.kind === "allow_once" ? "primary" : undefined}
            busy={chosen.value === option.id}
            disabled={time.expiry.value === "over" || (chosen.value !== null && chosen.value !== option.id)}
            aria-disabled={isUnread.value || undefined}
            aria-keyshortcuts={keys.get(option.id)}
            onClick={(event) => event.detail <= 1 && void answer(option)}
          >
            {revealed(option.label)}
            {keys.has(option.id) && <kbd aria-hidden="true">{keys.get(option.id)}</kbd>}
          </Button>
        ))}
      </div>
      <Deadline question={question} time={time} />
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
