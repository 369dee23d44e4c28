import { signal } from "@preact/signals";

/** Which of the two large helps is open. */
export const help = signal<"palette" | "keys" | null>(null);
