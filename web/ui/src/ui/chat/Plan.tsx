import type { PlanItem } from "../../wire/types";
import { visible } from "../markdown/visible";
import { StateMark } from "./StateMark";
import "./plan.css";

const STEPS: Record<string, { state: "pending" | "running" | "completed"; words: string }> = {
  pending: { state: "pending", words: "to do" },
  in_progress: { state: "running", words: "now" },
  completed: { state: "completed", words: "done" },
};

/** What the agent means to do, as a list to tick off. */
export function Plan({ entries }: { entries: readonly PlanItem[] }) {
  const done = entries.filter((entry) => entry.status === "completed").length;
  return (
    <section class="plan" aria-label="Plan">
      <p class="plan-head">
        Plan <span class="note">{`${done} of ${entries.length} done`}</span>
      </p>
      <ol>
        {entries.map((entry, index) => {
          const { state, words } = STEPS[entry.status] ?? { state: "pending" as const, words: entry.status };
          return (
            <li key={index} class={`plan-${state}`}>
              <StateMark state={state} words={words} />
              <bdi>{visible(entry.content)}</bdi>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
