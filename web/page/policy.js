// What the agents of a project may do without asking: a setting of the project.

import { announce, el, problemLine } from "./dom.js";
import { api } from "./net.js";

const POLICIES = {
  ask: ["do nothing without asking", "Every question of an agent comes to you."],
  allow_reads: ["read without asking", "Reading and searching inside the session's worktree needs no answer of yours; everything else does."],
  allow_worktree: ["read and change without asking", "Reading and changing files inside the session's worktree needs no answer of yours. Commands are still asked about, because a command can reach anywhere."],
};

/** `changed(project)` is called with the project as the server has it now. */
export function policyNode(project, changed) {
  const id = `policy-${project.id}`;
  const note = el("p", { class: "note", id: `${id}-note` }, wordsOf(project.permission_policy));
  const problem = el("div", {});
  const select = el("select", { id, "aria-describedby": `${id}-note` },
    ...Object.entries(POLICIES).map(([value, [label]]) => el("option", { value, selected: value === project.permission_policy }, label)));
  select.addEventListener("change", async () => {
    problem.replaceChildren();
    select.disabled = true;
    try {
      changed(await api.patch(`projects/${project.id}`, { permission_policy: select.value }));
      note.textContent = wordsOf(select.value);
      announce(wordsOf(select.value));
    } catch (error) {
      select.value = project.permission_policy;
      problem.replaceChildren(problemLine(error));
    } finally {
      select.disabled = false;
    }
  });
  return el("details", { class: "policy" },
    el("summary", { class: "note" }, "Permissions"),
    el("label", { for: id }, `Agents in ${project.name} may`), select, note, problem);
}

const wordsOf = (policy) => POLICIES[policy]?.[1] ?? "";
