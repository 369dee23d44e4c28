/** What a tab can show: its name, its icon, and the component that draws it. A later kind of view is one more entry. */

import type { ComponentType } from "preact";
import { findChat, findSession } from "../../state/catalog";
import { chatName, sessionName } from "../../state/catalogModel";
import type { View, ViewKind } from "../../state/view";
import type { IconName } from "../common/Icon";
import type { Load } from "../common/Lazy";
import type { Chat, Session } from "../../wire/types";
import { ChatView } from "../chat/ChatView";

export interface ViewProps<V extends View = View> {
  view: V;
  /** It is the tab that is seen in the pane that has the focus: keys are for it. */
  isActive: boolean;
}

export interface ViewEntry<V extends View> {
  /** Reads signals: it stays true when a thing is renamed. */
  title: (view: V) => string;
  icon: IconName;
  /** Drawn at once, or fetched when it is first shown. */
  shown: { component: ComponentType<ViewProps<V>> } | { load: Load<ViewProps<V>> };
}

type Registry = { readonly [K in ViewKind]: ViewEntry<Extract<View, { kind: K }>> };

export const VIEWS: Registry = {
  chat: {
    title: ({ chatId }) => {
      const found = findChat(chatId);
      return found ? chatName(found.chat, found.session) : "Chat";
    },
    icon: "chat",
    shown: { component: ChatView },
  },
  review: {
    title: ({ sessionId }) => `Changes: ${findSession(sessionId)?.session.title || "session"}`,
    icon: "review",
    shown: { load: () => import("../review/ReviewView").then((found) => found.default) },
  },
  inbox: {
    title: () => "Inbox",
    icon: "inbox",
    shown: { load: () => import("../inbox/InboxView").then((found) => found.default) },
  },
  supervision: {
    title: () => "Supervision",
    icon: "tree",
    shown: { load: () => import("../supervision/SupervisionView").then((found) => found.default) },
  },
  providers: {
    title: () => "Providers",
    icon: "plug",
    shown: { load: () => import("../providers/ProvidersView").then((found) => found.default) },
  },
  settings: {
    title: () => "Settings",
    icon: "gear",
    shown: { load: () => import("../settings/SettingsView").then((found) => found.default) },
  },
  welcome: {
    title: () => "Welcome",
    icon: "spark",
    shown: { load: () => import("../welcome/WelcomeView").then((found) => found.default) },
  },
};

/** With its session's name, where the session has other chats. */
export const chatTitle = (chat: Chat, session: Session): string =>
  [chatName(chat, session), session.chats.length > 1 && sessionName(session)].filter(Boolean).join(" · ");

export const entryOf = (view: View): ViewEntry<View> => VIEWS[view.kind] as unknown as ViewEntry<View>;
export const titleOf = (view: View): string => entryOf(view).title(view);
