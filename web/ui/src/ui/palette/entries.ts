/** What the palette offers: chats, places, and whatever registered itself as a command or a key. */

import { projects, sessions } from "../../state/catalog";
import { commands, keyBindings, keyName } from "../../state/keys";
import { openView } from "../../state/layout";
import { chatTitle } from "../app/views";
import type { Named } from "./matching";

export interface Entry extends Named {
  id: string;
  run: () => void;
}

/** What can be done now: asked before the palette takes the focus. */
export const actionEntries = (): Entry[] => [...commandEntries(), ...keyEntries()];

const projectNames = () => new Map(projects.value.map((project) => [project.id, project.name]));

/** Reads signals. */
export function chatEntries(): Entry[] {
  const names = projectNames();
  return sessions.value.flatMap((session) =>
    session.chats.map((chat) => ({
      id: `chat ${chat.id}`,
      title: chatTitle(chat, session),
      group: "Chats",
      hint: names.get(session.project_id) ?? "",
      run: () => openView({ kind: "chat", chatId: chat.id }),
    })),
  );
}

/** Reads signals. */
export function changesEntries(): Entry[] {
  const names = projectNames();
  return sessions.value.map((session) => ({
    id: `review ${session.id}`,
    title: `Changes: ${session.title}`,
    group: "Changes",
    hint: names.get(session.project_id) ?? "",
    run: () => openView({ kind: "review", sessionId: session.id }, "beside"),
  }));
}

const commandEntries = (): Entry[] =>
  commands
    .peek()
    .filter((command) => command.when?.() ?? true)
    .map((command, at) => ({
      id: `command ${at}`,
      title: command.title,
      group: command.group ?? "Commands",
      hint: command.hint ?? "",
      run: command.run,
    }));

const keyEntries = (): Entry[] =>
  keyBindings
    .peek()
    .filter((binding) => binding.isInPalette !== false && binding.keys !== "Mod+K" && (binding.when?.() ?? true))
    .map((binding, at) => ({
      id: `key ${at}`,
      title: binding.what,
      group: binding.group ?? "Commands",
      hint: keyName(binding.keys),
      run: binding.run,
    }));
