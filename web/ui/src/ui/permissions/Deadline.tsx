import { useEffect } from "preact/hooks";
import { learnOnTimeout, onTimeout } from "../../state/silence";
import { revealed } from "../../state/unseen";
import { silenceMeans, timeLeft } from "./outcome";
import type { Question } from "./PermissionPrompt";
import type { TimeOf } from "./useExpiry";

/** How long the agent waits, and what it is told when nobody answers. */
export function Deadline({ question, time }: { question: Question; time: TimeOf }) {
  useEffect(learnOnTimeout, []);
  const rule = onTimeout.value;
  const option = rule === null ? null : silenceMeans(question.options, rule);
  const then = rule === null ? "it is decided for you" : option ? `the answer is “${revealed(option.label)}”` : "the question is cancelled";
  switch (time.expiry.value) {
    case "over":
      return <p class="note">The time for an answer is over: it can be answered no more. Asking how it ended…</p>;
    case "extended":
      return <p class="note">By the clock of this device the time for an answer is over, but BooCode still takes one.</p>;
    default:
      return (
        <p class="note">
          Without an answer in <span class="permission-left">{timeLeft(question.expires_at, time.now.value) ?? "0:00"}</span> {then}.
        </p>
      );
  }
}
