import { useEffect, useState } from "preact/hooks";
import { api } from "../../net/api";
import type { About } from "../../wire/types";
import { ErrorNote } from "../common/ErrorNote";
import { Spinner } from "../common/Spinner";
import { Section } from "./Section";

const DATABASES: Record<About["database"], string> = {
  embedded: "embedded, kept in the home",
  own: "one of your own",
};

/** How this BooCode is set up: to be read here, and changed in its file. */
export function AboutServer() {
  const [about, setAbout] = useState<About | null>(null);
  const [error, setError] = useState<unknown>(null);
  const look = () => {
    setError(null);
    api.get<About>("about").then(setAbout, setError);
  };
  useEffect(look, []);
  return (
    <Section title="This BooCode">
      {error !== null && <ErrorNote error={error} onRetry={look} />}
      {!about && error === null && (
        <p class="note">
          <Spinner /> Loading…
        </p>
      )}
      {about && <Facts about={about} />}
    </Section>
  );
}

function Facts({ about }: { about: About }) {
  return (
    <>
      <dl class="settings-facts">
        <Fact name="Version" value={about.version} />
        <Fact name="Address" value={about.url} />
        <Fact name="Home" value={about.home} />
        <Fact name="Database" value={DATABASES[about.database]} />
      </dl>
      <p>
        How it works is set in <code>{about.config_file}</code>. Change it there and start BooCode again.
      </p>
      <details>
        <summary>All {about.facts.length} settings of that file</summary>
        <table class="settings-table">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Value</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {about.facts.map((fact) => (
              <tr key={fact.key}>
                <th scope="row">
                  <code>{fact.key}</code>
                </th>
                <td>{String(fact.value)}</td>
                <td class="note">{fact.is_default ? "default" : "your file"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
