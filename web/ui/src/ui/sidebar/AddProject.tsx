import { useId, useRef, useState } from "preact/hooks";
import { explain } from "../../net/api";
import { addProject, newSession, sessions } from "../../state/catalog";
import { Button } from "../common/Button";
import { openChat } from "./acts";
import "./add-project.css";

export interface AddProjectProps {
  /** It was added, and its first session is open. */
  onAdded?: (() => void) | undefined;
  autofocus?: boolean | undefined;
}

/** A repository by its path; opens a session in it at once, so that a prompt can be written. */
export function AddProject({ onAdded, autofocus }: AddProjectProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const add = async (path: string) => {
    setBusy(true);
    setProblem(null);
    try {
      const project = await addProject(path);
      const known = sessions.peek().find((session) => session.project_id === project.id);
      const chat = (known ?? (await newSession(project.id))).chats[0];
      if (field.current) field.current.value = "";
      onAdded?.();
      if (chat) openChat(chat.id);
    } catch (error) {
      setProblem(explain(error));
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="add-project"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const path = field.current?.value.trim() ?? "";
        if (path) void add(path);
        else setProblem("Say where the project is: the full path of a git repository.");
      }}
    >
      <label for={id}>Path of the project</label>
      <div class="add-project-row">
        <input
          ref={field}
          id={id}
          name="path"
          class="text-field"
          placeholder="/home/me/project"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          autofocus={autofocus}
          required
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? `${id}-note` : `${id}-problem ${id}-note`}
          onInput={() => setProblem(null)}
        />
        <Button type="submit" kind="primary" busy={isBusy}>
          Add project
        </Button>
      </div>
      {problem !== null && (
        <p id={`${id}-problem`} class="field-problem" role="alert">
          {problem}
        </p>
      )}
      <p id={`${id}-note`} class="note">
        The full path of a git repository on the machine that BooCode runs on.
      </p>
    </form>
  );
}
