import type { ChatRow, ProjectRow, SessionRow } from "../../state/projectTree";
import { confirm } from "../common/confirm";
import { ProjectRisks, SessionRisks } from "./Risks";

/** Says what goes and what would be at risk, before it does. */
export function askToDelete(row: ProjectRow | SessionRow | ChatRow): Promise<boolean> {
  const title = `Delete ${row.kind} “${row.name}”?`;
  const action = `Delete ${row.kind}`;
  return confirm({ title, action, danger: true, body: bodyOf(row) });
}

function bodyOf(row: ProjectRow | SessionRow | ChatRow) {
  switch (row.kind) {
    case "chat":
      return <p>Its messages go for good. The files of the session, and its other chats, stay as they are.</p>;
    case "session":
      return (
        <>
          <p>Its chats and their history go for good. Files of your project are not touched.</p>
          <SessionRisks sessionId={row.session.id} />
        </>
      );
    case "project":
      return (
        <>
          <p>
            BooCode forgets it: all its sessions and chats go for good. The repository at <code>{row.project.path}</code> is not
            touched.
          </p>
          <ProjectRisks projectId={row.project.id} />
        </>
      );
  }
}
