/** Dark, light, or as the system is: a setting, followed by the whole page. */

import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import { settings } from "./settings";

const isSystemLight = signal(false);

export const isLight: ReadonlySignal<boolean> = computed(() => {
  const { theme } = settings.value;
  return theme === "system" ? isSystemLight.value : theme === "light";
});

/** Begins to dress the page. Called once, before anything is drawn. */
export function startTheme(root: HTMLElement): void {
  const light = matchMedia("(prefers-color-scheme: light)");
  isSystemLight.value = light.matches;
  light.addEventListener("change", (event) => {
    isSystemLight.value = event.matches;
  });
  effect(() => {
    root.dataset.theme = isLight.value ? "light" : "dark";
    const ground = getComputedStyle(root).getPropertyValue("--ground").trim();
    document.querySelector("meta[name=theme-color]")?.setAttribute("content", ground);
  });
}
