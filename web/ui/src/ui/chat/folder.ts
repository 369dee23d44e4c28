import { signal, type ReadonlySignal } from "@preact/signals";
import { createContext } from "preact";

/** The folder that the agents of this chat work in, for rows that say where something is; null: not known. */
export const Folder = createContext<ReadonlySignal<string | null>>(signal(null));
