import type { Cause } from "../../wire/types";

const RELATIONS: Record<Cause["relation"], string> = {
  raised: "Raised",
  cause: "Caused by",
  context: "While handling",
  part: "One of the group",
};

/** The chain of exceptions: what was raised, then what it came from; each with its traceback folded away. */
export function Causes({ causes }: { causes: readonly Cause[] }) {
  if (!causes.length) return null;
  return (
    <ol class="sv-causes" aria-label="Causes">
      {causes.map((cause, index) => (
        <li key={index} style={{ marginLeft: `${cause.depth * 0.9}rem` }}>
          <span class="sv-faint">{RELATIONS[cause.relation]}</span> <strong>{cause.type}</strong>
          {cause.message && <>: {cause.message}</>}
          {cause.notes.map((note) => (
            <p key={note} class="note">
              {note}
            </p>
          ))}
          {cause.traceback && (
            <details>
              <summary>Traceback</summary>
              <pre class="sv-trace" tabIndex={0}>
                {cause.traceback}
              </pre>
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}
