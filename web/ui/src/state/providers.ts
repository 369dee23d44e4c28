/** The agents that this BooCode knows: which are there, and what each can do. */

import { computed, signal, type Signal } from "@preact/signals";
import { api } from "../net/api";
import type { Provider } from "../wire/types";
import { refetching } from "./refetch";
import { onMissed, onUserFrame } from "./userFrames";

export const providers: Signal<Provider[]> = signal([]);
export const isProvidersLoaded: Signal<boolean> = signal(false);
export const providersError: Signal<unknown> = signal(null);
/** While BooCode looks for them again by a person's wish. */
export const isRefreshing: Signal<boolean> = signal(false);

const byId = computed(() => new Map(providers.value.map((provider) => [provider.id, provider])));

export const findProvider = (id: string): Provider | undefined => byId.value.get(id);

export const loadProviders = refetching(async () => {
  try {
    show(await api.get<Provider[]>("providers"));
  } catch (error) {
    providersError.value = error;
  }
});

/** Looks for the agents again: takes seconds, since each is started to be asked. Throws what the API says. */
export async function refreshProviders(): Promise<void> {
  isRefreshing.value = true;
  try {
    show(await api.post<Provider[]>("providers/refresh"));
  } finally {
    isRefreshing.value = false;
  }
}

let isStarted = false;

export function startProviders(): void {
  if (isStarted) return;
  isStarted = true;
  onMissed(() => void loadProviders());
  onUserFrame((frame) => {
    if (frame.type !== "provider_updated") return;
    const place = providers.value.findIndex((each) => each.id === frame.provider.id);
    if (place >= 0) providers.value = providers.value.with(place, frame.provider);
    else if (isProvidersLoaded.value) providers.value = [...providers.value, frame.provider];
  });
}

function show(found: Provider[]): void {
  providers.value = found;
  isProvidersLoaded.value = true;
  providersError.value = null;
}
