import { useEffect, useId, useState } from "preact/hooks";
import { catalogError, isCatalogLoaded, loadCatalog, projects, sessions } from "../../state/catalog";
import { filter, rows } from "../../state/sidebar";
import { startState } from "../../state/start";
import { PALETTE_KEY } from "../app/frameKeys";
import { isPhone } from "../app/screen";
import { Dialog } from "../common/Dialog";
import { ErrorNote } from "../common/ErrorNote";
import { IconButton } from "../common/IconButton";
import { Spinner } from "../common/Spinner";
import { help } from "../palette/opening";
import { focusRow } from "./acts";
import { AddProject } from "./AddProject";
import { Places } from "./Places";
import { ProjectTree } from "./ProjectTree";
import "./sidebar.css";

/** Where everything is found: projects with their sessions and chats, and the places beside them. */
export function Sidebar() {
  const [isAdding, setAdding] = useState(false);
  useEffect(startState, []);
  return (
    <nav class="sidebar" aria-label="Sidebar">
      <header class="side-head">
        <h2>Projects</h2>
        {!isPhone.value && <IconButton icon="search" label="Search and commands" hint={PALETTE_KEY} onClick={() => (help.value = "palette")} />}
        <IconButton icon="add" label="Add a project" onClick={() => setAdding(true)} />
      </header>
      {sessions.value.length > 3 && <Filter />}
      <div class="side-tree">
        <Content />
      </div>
      <Places />
      {isAdding && (
        <Dialog title="Add a project" onClose={() => setAdding(false)}>
          <AddProject autofocus onAdded={() => setAdding(false)} />
        </Dialog>
      )}
    </nav>
  );
}

function Content() {
  if (catalogError.value && !isCatalogLoaded.value) {
    return <ErrorNote error={catalogError.value} onRetry={() => void loadCatalog()} />;
  }
  if (!isCatalogLoaded.value) {
    return (
      <p class="note side-note">
        <Spinner /> Loading…
      </p>
    );
  }
  if (!projects.value.length) return <p class="note side-note">No project yet. Add one with the plus above.</p>;
  if (!rows.value.length) return <p class="note side-note">Nothing here is called so.</p>;
  return <ProjectTree />;
}

function Filter() {
  const id = useId();
  return (
    <div class="side-filter">
      <label class="unseen" for={id}>
        Filter sessions
      </label>
      <input
        id={id}
        type="search"
        class="text-field"
        placeholder="Filter sessions"
        autocomplete="off"
        value={filter}
        onInput={(event) => (filter.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            focusRow(rows.peek()[0]?.key ?? null);
          } else if (event.key === "Escape" && filter.peek()) {
            event.stopPropagation();
            filter.value = "";
          }
        }}
      />
    </div>
  );
}
