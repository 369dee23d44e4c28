/**
 * What a person prefers. It is kept by the server and follows them from browser to browser; this browser keeps a copy,
 * so that the page does not start in the other theme.
 */

import { signal, type Signal } from "@preact/signals";
import { api } from "../net/api";
import type { SettingsChange, UiSettings } from "../wire/types";
import { refetching } from "./refetch";
import { keepItem, recallItem } from "./shelf";
import { onMissed, onUserFrame } from "./userFrames";

export type Settings = UiSettings;

export const DEFAULTS: Settings = {
  theme: "dark",
  diff_view: "unified",
  send_key: "enter",
  notifications: false,
  show_reasoning: false,
  default_agent: null,
};

const KEY = "settings";

export const settings: Signal<Settings> = signal(readSettings(recallItem(KEY)));
export const settingsError: Signal<unknown> = signal(null);

export const loadSettings = refetching(async () => {
  try {
    show(await api.get<Settings>("settings"));
    settingsError.value = null;
  } catch (error) {
    settingsError.value = error;
  }
});

/** Shown at once, and taken back when the server refuses; then what it said is thrown. */
export async function changeSettings(patch: SettingsChange): Promise<void> {
  const before = settings.peek();
  show({ ...before, ...patch });
  try {
    take(await api.patch<Settings>("settings", patch), patch);
  } catch (error) {
    take(before, patch);
    throw error;
  }
}

/** What was asked for, as `from` has it; what was asked for again meanwhile is for that one's answer. */
function take(from: Settings, asked: SettingsChange): void {
  const now = settings.peek();
  const isStillAsked = (key: string): boolean => key in asked && now[key as keyof Settings] === asked[key as keyof Settings];
  show({ ...now, ...(Object.fromEntries(Object.entries(from).filter(([key]) => isStillAsked(key))) as Partial<Settings>) });
}

let isStarted = false;

export function startSettings(): void {
  if (isStarted) return;
  isStarted = true;
  onMissed(() => void loadSettings());
  onUserFrame((frame) => {
    if (frame.type === "settings_updated") show(frame.settings);
  });
}

/** What is not known, or is no settings at all, counts as not said. */
export function readSettings(text: string | null): Settings {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" && value !== null ? { ...DEFAULTS, ...value } : DEFAULTS;
  } catch {
    return DEFAULTS;
  }
}

function show(now: Settings): void {
  settings.value = now;
  keepItem(KEY, JSON.stringify(now));
}
