import { clock } from "../../state/supervisionClock";
import { openDetails } from "../../state/supervisionLooking";
import { aftermath, callName, headline, nameOf, verdictWords } from "../../state/supervisionWords";
import type { Decision, ExitReport, LastMessage, Subject } from "../../wire/types";
import { Causes } from "./Causes";
import { LostTurns } from "./LostTurns";

/** One end, in plain words first; what lies beneath can be unfolded. */
export function ExitStory({ report, isLatest = false }: { report: ExitReport; isLatest?: boolean }) {
  const rest = aftermath(report);
  return (
    <div class="sv-story">
      <p class={report.kind === "crashed" || report.event === "start_failed" ? "sv-headline sv-bad" : "sv-headline"}>
        {headline(report, clock.value)}
      </p>
      {rest && <p>{rest}</p>}
      {report.decision && <Verdict decision={report.decision} whom={report.turns[0]} />}
      <LostTurns turns={report.turns} />
      <Causes causes={report.causes} />
      {!report.is_detailed && report.kind === "crashed" && (
        <p class="note">Its tracebacks are no longer kept: there were a hundred crashes since.</p>
      )}
      <LastMessages messages={report.last_messages} isCrash={report.kind === "crashed"} isOpen={isLatest && report.kind === "crashed"} />
    </div>
  );
}

function Verdict({ decision, whom }: { decision: Decision; whom: Subject | undefined }) {
  const others = decision.also_stopped;
  return (
    <p class="sv-verdict">
      <span class="sv-faint">Decision:</span> {verdictWords(decision)}, by{" "}
      <button type="button" class="sv-link" onClick={() => openDetails(decision.supervisor)}>
        {callName(decision.supervisor, whom)}
      </button>{" "}
      <span class="sv-faint">
        ({[decision.strategy, decision.restart].filter(Boolean).join(", ")})
      </span>
      {others.length > 0 && <>. Stopped with it: {others.map(nameOf).join(", ")}</>}
    </p>
  );
}

/** The last one was being handled when it ended. */
function LastMessages({ messages, isCrash, isOpen }: { messages: readonly LastMessage[]; isCrash: boolean; isOpen: boolean }) {
  if (!messages.length) return null;
  return (
    <details open={isOpen}>
      <summary>{isCrash ? "Last messages before the crash" : "Last messages before the end"}</summary>
      <ol class="sv-messages">
        {messages.map((message, index) => (
          <li key={index}>
            <strong>{message.type}</strong> {message.text && message.text !== message.type && <code>{message.text}</code>}
          </li>
        ))}
      </ol>
    </details>
  );
}

export function OlderExits({ reports }: { reports: readonly ExitReport[] }) {
  return (
    <>
      <h3>Ends before that</h3>
      {reports.map((report) => (
        <details key={report.seq} class="sv-older">
          <summary>{headline(report, clock.value)}</summary>
          <ExitStory report={report} />
        </details>
      ))}
    </>
  );
}
