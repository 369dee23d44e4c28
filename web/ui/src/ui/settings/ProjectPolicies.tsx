import { useId, useState } from "preact/hooks";
import { changePolicy, projects } from "../../state/catalog";
import { POLICIES, type Policy } from "../../state/policies";
import type { Project } from "../../wire/types";
import { announce } from "../common/announce";
import { ErrorNote } from "../common/ErrorNote";
import { Section } from "./Section";

/** What the agents of each project may do without asking. */
export function ProjectPolicies() {
  return (
    <Section title="Permissions of projects">
      <p class="note">What agents may do in a project without asking you. It counts from their next question on.</p>
      {!projects.value.length && <p class="note">There is no project yet.</p>}
      {projects.value.map((project) => (
        <PolicyOf key={project.id} project={project} />
      ))}
    </Section>
  );
}

function PolicyOf({ project }: { project: Project }) {
  const id = useId();
  const [problem, setProblem] = useState<unknown>(null);
  const means = POLICIES.find((policy) => policy.value === project.permission_policy)?.means ?? "";
  const choose = async (select: HTMLSelectElement) => {
    setProblem(null);
    try {
      await changePolicy(project.id, select.value as Policy);
      announce(POLICIES.find((policy) => policy.value === select.value)?.means ?? "");
    } catch (error) {
      select.value = project.permission_policy;
      setProblem(error);
    }
  };
  return (
    <div class="settings-field">
      <label for={id} title={project.path}>
        Agents in {project.name} may
      </label>
      <select
        id={id}
        class="text-field"
        aria-describedby={`${id}-means`}
        value={project.permission_policy}
        onChange={(event) => void choose(event.currentTarget)}
      >
        {POLICIES.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <p id={`${id}-means`} class="note">
        {means}
      </p>
      {problem !== null && <ErrorNote error={problem} />}
    </div>
  );
}
