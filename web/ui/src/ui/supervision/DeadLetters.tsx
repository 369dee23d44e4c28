import { deadLetters, letters } from "../../state/supervision";
import { openDetails } from "../../state/supervisionLooking";
import { nameOf } from "../../state/supervisionWords";
import { Empty } from "../common/Empty";
import { Time } from "../common/Time";
import { useFreshLists } from "./useFreshLists";

/** Messages that found nobody: the newest first. */
export function DeadLetters() {
  useFreshLists(deadLetters.value);
  if (!deadLetters.value) {
    return (
      <Empty title="No dead letters">
        <p class="note">A message whose actor was gone would be listed here.</p>
      </Empty>
    );
  }
  return (
    <>
      <p class="note">
        {deadLetters.value} in all since the start{letters.value.length < deadLetters.value && `; the newest ${letters.value.length}`}
      </p>
      <ol class="sv-list">
        {[...letters.value].reverse().map((letter, index) => (
          <li key={`${letter.at} ${index}`}>
            <Time at={letter.at} /> <strong>{letter.message_type}</strong> from {letter.sender ?? "outside"} to{" "}
            <button type="button" class="sv-link" title={letter.target} onClick={() => openDetails(letter.target)}>
              {nameOf(letter.target)}
            </button>
            <p class="note">{letter.reason}</p>
          </li>
        ))}
      </ol>
    </>
  );
}
