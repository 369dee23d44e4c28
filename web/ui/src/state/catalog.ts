/**
 * Projects, their sessions and chats, and how the agents in them are doing: kept as the server has them.
 *
 * What this window changes is shown by the server's answer at once; the frame that follows says the same again.
 */

import { batch, computed, signal, type Signal } from "@preact/signals";
import { allItems, api, pathOf } from "../net/api";
import type { AgentSessionPage, Chat, Frame, Project, ProjectPage, Session } from "../wire/types";
import { changed, goneChats, isUnnamed, nameFrom, type Catalog, withOlder } from "./catalogModel";
import { forgetChoice } from "./choices";
import { forgetDraft } from "./drafts";
import { closeViews } from "./layout";
import { refetching } from "./refetch";
import { forgetStatuses, hearStatus, setStatuses } from "./statuses";
import { onMissed, onUserFrame } from "./userFrames";

export { onUserFrame } from "./userFrames";
export { statusOf } from "./statuses";
export type { AgentStatus } from "./urgency";

/** As many sessions as are asked for: of those beyond them nobody knows whether they are gone. */
export const MOST_SESSIONS = 2000;

export const projects: Signal<Project[]> = signal([]);
/** Newest first, each with its chats. */
export const sessions: Signal<Session[]> = signal([]);
/** False until the lists came for the first time. */
export const isCatalogLoaded: Signal<boolean> = signal(false);
/** Why the lists could not be fetched the last time. */
export const catalogError: Signal<unknown> = signal(null);

export interface FoundChat {
  chat: Chat;
  session: Session;
  project: Project | undefined;
}

const byProject = computed(() => new Map(projects.value.map((project) => [project.id, project])));
const bySession = computed(() => new Map(sessions.value.map((session) => [session.id, session])));
const byChat = computed(() => {
  const found = new Map<string, { chat: Chat; session: Session }>();
  for (const session of sessions.value) for (const chat of session.chats) found.set(chat.id, { chat, session });
  return found;
});

export function findChat(chatId: string): FoundChat | null {
  const found = byChat.value.get(chatId);
  return found ? { ...found, project: byProject.value.get(found.session.project_id) } : null;
}

export function findSession(id: string): { session: Session; project: Project | undefined } | null {
  const session = bySession.value.get(id);
  return session ? { session, project: byProject.value.get(session.project_id) } : null;
}

export const findProject = (id: string): Project | undefined => byProject.value.get(id);

// ---- keeping it current

/** Frames that came while the lists were being fetched: the lists may be older than they are. */
let meanwhile: Frame[] | null = null;

export const loadCatalog = refetching(async () => {
  meanwhile = [];
  try {
    const [known, all, agents] = await Promise.all([
      api.get<ProjectPage>("projects"),
      allItems<Session>("sessions", MOST_SESSIONS),
      api.get<AgentSessionPage>("agent-sessions?limit=1000"),
    ]);
    const frames = meanwhile;
    batch(() => {
      setStatuses(agents.items);
      frames.forEach(hearStatus);
      const listed = all.length < MOST_SESSIONS ? all : withOlder(all, sessions.peek());
      show(frames.reduce(changed, { projects: known.items, sessions: listed }));
      isCatalogLoaded.value = true;
      catalogError.value = null;
    });
  } catch (error) {
    catalogError.value = error;
  } finally {
    meanwhile = null;
  }
});

let isStarted = false;

export function startCatalog(): void {
  if (isStarted) return;
  isStarted = true;
  onMissed(() => void loadCatalog());
  onUserFrame((frame) => {
    meanwhile?.push(frame);
    batch(() => {
      hearStatus(frame);
      if (isCatalogLoaded.value) apply(frame);
    });
  });
}

const catalog = (): Catalog => ({ projects: projects.peek(), sessions: sessions.peek() });

function show(next: Catalog): void {
  const before = catalog();
  const gone = goneChats(before, next);
  const left = new Set(next.sessions.map((session) => session.id));
  batch(() => {
    projects.value = next.projects;
    sessions.value = next.sessions;
    forgetStatuses(gone);
  });
  const goneSessions = new Set(before.sessions.map((session) => session.id).filter((id) => !left.has(id)));
  if (!gone.size && !goneSessions.size) return;
  closeViews((view) =>
    view.kind === "chat" ? gone.has(view.chatId) : view.kind === "review" && goneSessions.has(view.sessionId),
  );
  // What this browser keeps of a chat goes with the chat.
  for (const chatId of gone) {
    forgetDraft(chatId);
    forgetChoice(chatId);
  }
}

function apply(frame: Frame): void {
  const before = catalog();
  const next = changed(before, frame);
  if (next !== before) show(next);
}

/** What a person did here is shown in the words of a frame, with no number of its own. */
const said = { topic: "user", seq: 0, at: "" } as const;
const saidProject = (project: Project): void => apply({ ...said, type: "project_updated", project });
const saidSession = (session: Session): void => apply({ ...said, type: "session_updated", session });
const saidChat = (chat: Chat): void => apply({ ...said, type: "chat_updated", chat });

// ---- what a person can do; each throws an ApiError whose message is for people

/** A path that is known already gives the project of then. */
export async function addProject(path: string): Promise<Project> {
  const project = await api.post<Project>("projects", { path });
  saidProject(project);
  return project;
}

export async function renameProject(id: string, name: string): Promise<void> {
  saidProject(await api.patch<Project>(pathOf("projects", id), { name }));
}

export async function changePolicy(id: string, policy: Project["permission_policy"]): Promise<void> {
  saidProject(await api.patch<Project>(pathOf("projects", id), { permission_policy: policy }));
}

export async function deleteProject(id: string): Promise<void> {
  await api.delete(pathOf("projects", id));
  apply({ ...said, type: "project_removed", id });
}

/** With its first chat. */
export async function newSession(projectId: string): Promise<Session> {
  const session = await api.post<Session>("sessions", { project_id: projectId });
  saidSession(session);
  return session;
}

/** `forNow`: nobody chose the title; it is taken only while there is no better one. */
export async function renameSession(id: string, title: string, forNow = false): Promise<void> {
  saidSession(await api.patch<Session>(pathOf("sessions", id), { title, for_now: forNow }));
}

export async function deleteSession(id: string): Promise<void> {
  const projectId = bySession.peek().get(id)?.project_id ?? "";
  await api.delete(pathOf("sessions", id));
  apply({ ...said, type: "session_removed", id, project_id: projectId });
}

export async function newChat(sessionId: string): Promise<Chat> {
  const chat = await api.post<Chat>("chats", { session_id: sessionId });
  saidChat(chat);
  return chat;
}

export async function renameChat(id: string, title: string): Promise<void> {
  saidChat(await api.patch<Chat>(pathOf("chats", id), { title }));
}

export async function deleteChat(id: string): Promise<void> {
  const sessionId = byChat.peek().get(id)?.session.id ?? "";
  await api.delete(pathOf("chats", id));
  apply({ ...said, type: "chat_removed", id, session_id: sessionId });
}

/** A session that nobody named is named after its first prompt. To be called by who sent one. */
export async function nameAfterPrompt(chatId: string, prompt: string): Promise<void> {
  const session = byChat.peek().get(chatId)?.session;
  const title = nameFrom(prompt);
  if (session && title && isUnnamed(session)) await renameSession(session.id, title, true);
}
