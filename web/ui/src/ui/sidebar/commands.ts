/** What the palette offers of the sidebar's work, for what is in view. */

import { findChat, findSession } from "../../state/catalog";
import { describeKey, registerCommand } from "../../state/keys";
import { activeView, openView } from "../../state/layout";
import { loadProviders, refreshProviders } from "../../state/providers";
import type { Session } from "../../wire/types";
import { toast } from "../common/toast";
import { attempt, startChat, startSession } from "./acts";

/** Called once. */
export function registerSideCommands(): void {
  const group = "Projects";
  const isThere = () => sessionInView() !== null;
  registerCommand({ title: "Add a project", group, run: () => openView({ kind: "welcome" }) });
  registerCommand({ title: "New session in this project", group, when: isThere, run: () => inView((session) => startSession(session.project_id)) });
  registerCommand({ title: "New chat in this session", group, when: isThere, run: () => inView((session) => startChat(session.id)) });
  registerCommand({ title: "Look for agents again", group, run: () => void lookForAgents() });
  describeTreeKeys();
}

/** Heard by the tree itself, while the focus is in it. */
function describeTreeKeys(): void {
  const group = "Sidebar";
  describeKey({ keys: "ArrowUp", written: "↑ ↓", what: "Go through projects, sessions and chats", group });
  describeKey({ keys: "ArrowLeft", written: "← →", what: "Fold, unfold", group });
  describeKey({ keys: "Enter", what: "Open; with Ctrl in another pane", group });
  describeKey({ keys: "F2", what: "Rename", group });
  describeKey({ keys: "Delete", what: "Delete, after a question", group });
}

function sessionInView(): Session | null {
  const view = activeView.peek();
  if (view?.kind === "chat") return findChat(view.chatId)?.session ?? null;
  return view?.kind === "review" ? (findSession(view.sessionId)?.session ?? null) : null;
}

function inView(work: (session: Session) => unknown): void {
  const session = sessionInView();
  if (session) work(session);
}

async function lookForAgents(): Promise<void> {
  toast("Looking for agents. This takes some seconds.");
  if (await attempt(refreshProviders)) toast("The list of agents is up to date.");
  else void loadProviders();
}
