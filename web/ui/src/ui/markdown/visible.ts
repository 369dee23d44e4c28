/** Characters that make text look other than it is. They are shown, not obeyed. */

/** Embeddings, overrides and isolates of the direction of writing: they can reorder what stands around them. */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g;
/** Colours and cursor movements of terminals. */
const TERMINAL = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

const NAMES: Record<string, string> = {
  "\u202a": "LRE",
  "\u202b": "RLE",
  "\u202c": "PDF",
  "\u202d": "LRO",
  "\u202e": "RLO",
  "\u2066": "LRI",
  "\u2067": "RLI",
  "\u2068": "FSI",
  "\u2069": "PDI",
};

/** A visible mark for each character that would turn the direction of the text around. */
export const visible = (text: string): string => text.replace(DIRECTION, (sign) => `⟦${NAMES[sign] ?? "?"}⟧`);

/** What a terminal would show, without its colours. */
export const withoutColours = (text: string): string => text.replace(TERMINAL, "");
