/** What this BooCode answers an agent when no person does: a setting of its config file, asked once. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { api } from "../net/api";
import type { About } from "../wire/types";

const FACT = "permissions.on_timeout";
const known = signal<"deny" | "allow" | null>(null);
let isAsked = false;

/** Null until it is known. */
export const onTimeout: ReadonlySignal<"deny" | "allow" | null> = known;

/** To be called when a question is shown for the first time; a failure only leaves the words vaguer. */
export function learnOnTimeout(): void {
  if (isAsked) return;
  isAsked = true;
  api.get<About>("about").then(
    (about) => {
      const value = about.facts.find((fact) => fact.key === FACT)?.value;
      if (value === "deny" || value === "allow") known.value = value;
    },
    () => {
      isAsked = false;
    },
  );
}
