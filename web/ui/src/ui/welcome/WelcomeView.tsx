import { useState } from "preact/hooks";
import { isCatalogLoaded, projects, sessions } from "../../state/catalog";
import type { Project } from "../../wire/types";
import { startSession } from "../sidebar/acts";
import { AddProject } from "../sidebar/AddProject";
import { Button } from "../common/Button";
import { Page } from "../page/Page";
import { Examples, EXAMPLES } from "./Examples";
import { Recent } from "./Recent";
import "./welcome.css";

/** Shown while nothing else is open: how to begin, and where to go on. */
export default function WelcomeView() {
  if (!isCatalogLoaded.value) return null;
  return projects.value.length ? <GoOn all={projects.value} /> : <Begin />;
}

function Begin() {
  return (
    <Page
      title="Welcome to BooCode"
      about="BooCode runs coding agents on your projects, each in a worktree of its own, and shows you everything they do. You decide which changes come into your files."
    >
      <ol class="welcome-steps">
        <li class="card">
          <h2>Add a project</h2>
          <AddProject autofocus={!matchMedia("(pointer: coarse)").matches} />
        </li>
        <li class="card welcome-later">
          <h2>Say what shall be done</h2>
          <p>Write it in plain words and press Enter. The agent works in a copy of your project, and asks before it runs a command.</p>
          <p>
            No agent set up yet? The practice agent needs no model and no key. Try “<code>{EXAMPLES[0].prompt}</code>” or “
            <code>help</code>”.
          </p>
        </li>
        <li class="card welcome-later">
          <h2>Look at the changes, and apply what you like</h2>
          <p>Nothing reaches your files before you apply it. Every turn can be taken back.</p>
        </li>
      </ol>
    </Page>
  );
}

function GoOn({ all }: { all: Project[] }) {
  const [projectId, setProjectId] = useState(newestProject(all));
  const project = all.find((each) => each.id === projectId) ?? all[0];
  if (!project) return null;
  return (
    <Page title="What shall be done?" about="Open a new session in a project, or go on where you were.">
      <section class="card" aria-label="New session">
        <div class="welcome-start">
          <label>
            <span class="unseen">Project</span>
            <select class="text-field" value={project.id} onChange={(event) => setProjectId(event.currentTarget.value)}>
              {all.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
          <Button kind="primary" icon="add" onClick={() => void startSession(project.id)}>
            Start a session
          </Button>
        </div>
        <p class="note">
          A session is a worktree of its own in <code>{project.path}</code>, with one or more chats.
        </p>
      </section>
      <Recent />
      <Examples projectId={project.id} />
      <section class="card" aria-label="Another project">
        <h2>Another project</h2>
        <AddProject />
      </section>
    </Page>
  );
}

/** The one in which a session was opened last. */
const newestProject = (all: Project[]): string | undefined => sessions.peek()[0]?.project_id ?? all.at(-1)?.id;
