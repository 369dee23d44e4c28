/** What a tab can show. A view is open at most once; its key is what it is known by. */

export type View =
  | { kind: "chat"; chatId: string }
  | { kind: "review"; sessionId: string }
  | { kind: "inbox" }
  | { kind: "supervision" }
  | { kind: "providers" }
  | { kind: "settings" }
  | { kind: "welcome" };

export type ViewKind = View["kind"];

const PLAIN: readonly ViewKind[] = ["inbox", "supervision", "providers", "settings", "welcome"];

/** Also its address, below `#/`. */
export function keyOf(view: View): string {
  if (view.kind === "chat") return `chat/${encodeURIComponent(view.chatId)}`;
  if (view.kind === "review") return `session/${encodeURIComponent(view.sessionId)}/review`;
  return view.kind;
}

export const addressOf = (view: View | null): string => (view ? `#/${keyOf(view)}` : "#/");

/** The view at an address such as `#/chat/ID`; null: none that we know. */
export function viewAt(hash: string): View | null {
  const parts = hash.replace(/^#?\/?/, "").split("/");
  const [first, id] = [parts[0] ?? "", decoded(parts[1] ?? "")];
  if (first === "chat" && id && parts.length === 2) return { kind: "chat", chatId: id };
  if (first === "session" && id && parts.length === 3 && parts[2] === "review") return { kind: "review", sessionId: id };
  const kind = PLAIN.find((known) => known === first);
  return kind && parts.length === 1 ? ({ kind } as View) : null;
}

/** A view out of stored data; null: not one, or one that only another version knows. */
export function asView(value: unknown): View | null {
  if (typeof value !== "object" || value === null) return null;
  const { kind, chatId, sessionId } = value as Record<string, unknown>;
  if (kind === "chat") return typeof chatId === "string" && chatId ? { kind, chatId } : null;
  if (kind === "review") return typeof sessionId === "string" && sessionId ? { kind, sessionId } : null;
  return PLAIN.includes(kind as ViewKind) ? ({ kind } as View) : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
