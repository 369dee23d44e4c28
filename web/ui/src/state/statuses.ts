/** How the agents of each chat are doing. One signal a chat, so that a change redraws one dot and not the list. */

import { signal, type Signal } from "@preact/signals";
import type { AgentSession, Frame } from "../wire/types";
import { mostUrgent, type AgentStatus } from "./urgency";

const agents = new Map<string, Map<string, AgentStatus>>();
const shown = new Map<string, Signal<AgentStatus | null>>();

/** The most urgent of a chat's agents; null when none has worked in it. */
export const statusOf = (chatId: string): AgentStatus | null => shownOf(chatId).value;

export function setStatuses(all: readonly AgentSession[]): void {
  const before = [...agents.keys()];
  agents.clear();
  for (const each of all) of(each.chat_id).set(each.agent, each.status);
  for (const chatId of new Set([...before, ...agents.keys()])) show(chatId);
}

export function hearStatus(frame: Frame): void {
  if (frame.type !== "agent_status_updated") return;
  of(frame.chat_id).set(frame.agent, frame.status);
  show(frame.chat_id);
}

export function forgetStatuses(chatIds: Iterable<string>): void {
  for (const chatId of chatIds) {
    agents.delete(chatId);
    shown.delete(chatId);
  }
}

function of(chatId: string): Map<string, AgentStatus> {
  let found = agents.get(chatId);
  if (!found) agents.set(chatId, (found = new Map()));
  return found;
}

function shownOf(chatId: string): Signal<AgentStatus | null> {
  let found = shown.get(chatId);
  if (!found) shown.set(chatId, (found = signal(null)));
  return found;
}

function show(chatId: string): void {
  shownOf(chatId).value = mostUrgent(agents.get(chatId)?.values() ?? []);
}
