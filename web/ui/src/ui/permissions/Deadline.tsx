import { useEffect, useState } from "preact/hooks";
import { learnOnTimeout, onTimeout } from "../../state/silence";
import { silenceMeans, timeLeft } from "./outcome";
import type { Question } from "./PermissionPrompt";

const TICK_MS = 1000;

/** How long the agent waits, and what it is told when nobody answers. */
export function Deadline({ question }: { question: Question }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    learnOnTimeout();
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const left = timeLeft(question.expires_at, now);
  const rule = onTimeout.value;
  const option = rule === null ? null : silenceMeans(question.options, rule);
  const then = rule === null ? "it is decided for you" : option ? `the answer is “${option.label}”` : "the question is cancelled";
  if (left === null) return <p class="note">The time for an answer is over.</p>;
  return (
    <p class="note">
      Without an answer in <span class="permission-left">{left}</span> {then}.
    </p>
  );
}
