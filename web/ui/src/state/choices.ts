/**
 * Who gets the next prompt of a chat, and how: agent, model, mode, thinking.
 *
 * Each chat keeps what was chosen in it last; a chat in which nothing was chosen goes on as its last prompt did; a new
 * chat begins with the agent of the settings, else the first one that is installed. What was chosen stays chosen when
 * an agent no longer offers it: it is shown as such, and a person decides.
 */

import { signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Provider } from "../wire/types";
import { browserShelf, keepItem, recallItem, type Shelf } from "./shelf";

export interface AgentChoice {
  model: string | null;
  mode: string | null;
  thinking: string | null;
}

export interface KeptChoice {
  agent: string | null;
  /** By agent: going to another one and back changes nothing. */
  of: Record<string, AgentChoice>;
}

export interface Choice extends AgentChoice {
  agent: string | null;
}

const NOTHING: AgentChoice = { model: null, mode: null, thinking: null };
const kept = new Map<string, Signal<KeptChoice>>();

const key = (chatId: string): string => `choice.${chatId}`;

export function keptChoice(chatId: string): ReadonlySignal<KeptChoice> {
  return slot(chatId);
}

/** `agent` is the one for the next prompt, with what is named in `change` and the rest as it was chosen before. */
export function choose(chatId: string, agent: string, change: Partial<AgentChoice> = {}): void {
  const was = slot(chatId).value;
  const of = { ...was.of, [agent]: { ...NOTHING, ...was.of[agent], ...change } };
  slot(chatId).value = { agent, of };
  keepItem(key(chatId), JSON.stringify({ agent, of }));
}

export function forgetChoice(chatId: string): void {
  kept.delete(chatId);
  keepItem(key(chatId), null);
}

/** `last`: what the newest prompt of the chat was sent to. */
export function choiceFor(
  keptHere: KeptChoice,
  last: { agent: string | null; model: string | null } | null,
  defaultAgent: string | null,
  providers: readonly Provider[],
): Choice {
  const isInstalled = (id: string | null): boolean => providers.some((each) => each.id === id && each.installed);
  const first = isInstalled(defaultAgent) ? defaultAgent : providers.find((each) => each.installed)?.id ?? defaultAgent;
  const agent = keptHere.agent ?? last?.agent ?? first;
  const own = agent === null ? undefined : keptHere.of[agent];
  if (own) return { agent, ...own };
  return { ...NOTHING, agent, model: last !== null && last.agent === agent ? last.model : null };
}

/** Levels of thinking for a model; none: the agent lets nobody choose. */
export function thinkingLevels(provider: Provider | undefined, model: string | null): readonly string[] {
  const known = provider?.models.find((each) => each.id === (model ?? provider.default_model));
  return known?.thinking ?? provider?.thinking ?? [];
}

export function readChoice(chatId: string, shelf: Shelf | null = browserShelf()): KeptChoice {
  try {
    const value: unknown = JSON.parse(recallItem(key(chatId), shelf) ?? "null");
    if (isRecord(value)) return { agent: textOrNull(value["agent"]), of: choicesIn(value["of"]) };
  } catch {
    // another version's, or somebody else's
  }
  return { agent: null, of: {} };
}

function slot(chatId: string): Signal<KeptChoice> {
  let found = kept.get(chatId);
  if (!found) kept.set(chatId, (found = signal(readChoice(chatId))));
  return found;
}

function choicesIn(value: unknown): Record<string, AgentChoice> {
  const of: Record<string, AgentChoice> = {};
  for (const [agent, each] of Object.entries(isRecord(value) ? value : {})) {
    if (!isRecord(each)) continue;
    of[agent] = { model: textOrNull(each["model"]), mode: textOrNull(each["mode"]), thinking: textOrNull(each["thinking"]) };
  }
  return of;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const textOrNull = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
