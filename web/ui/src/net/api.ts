/** The HTTP API. Every refusal is an `ApiError` whose message is a sentence for people. */

import type { Problem } from "../wire/types";

export class ApiError extends Error {
  /** 0: the server could not be reached. */
  readonly status: number;
  readonly code: string;
  readonly problem: Partial<Problem>;

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail || problem.title || `BooCode answered ${status} and gave no reason.`);
    this.name = "ApiError";
    this.status = status;
    this.code = problem.code ?? "";
    this.problem = problem;
  }
}

const OFFLINE = "BooCode cannot be reached. It may be restarting; try again in a moment.";
const SIGNED_OUT = "You are not signed in any more. Open the address that “boocode serve” printed.";
const STRANGE = "BooCode answered with something that is not JSON. Is another program listening on its port?";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

async function ask<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.headers = { "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`/api/${path}`, init);
    text = await answer.text();
  } catch {
    throw new ApiError(0, { code: "offline", detail: OFFLINE });
  }
  let value: unknown = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    throw new ApiError(answer.status, { code: "not_json", detail: STRANGE });
  }
  if (answer.status === 401) throw new ApiError(401, { code: "token_needed", detail: SIGNED_OUT });
  if (!answer.ok) throw new ApiError(answer.status, (value ?? {}) as Partial<Problem>);
  return value as T;
}

/** Paths are below `/api/`; build them with `pathOf`. */
export const api = {
  get: <T>(path: string): Promise<T> => ask<T>("GET", path),
  post: <T = unknown>(path: string, body: unknown = {}): Promise<T> => ask<T>("POST", path, body),
  patch: <T = unknown>(path: string, body: unknown): Promise<T> => ask<T>("PATCH", path, body),
  delete: (path: string): Promise<null> => ask<null>("DELETE", path),
};

/** `pathOf("chats", id, "messages")`: each part escaped. */
export const pathOf = (...parts: string[]): string => parts.map(encodeURIComponent).join("/");

interface Page<T> {
  items: T[];
  next: string | null;
}

/** Every item of a list that is paged by `after`, up to a bound. */
export async function allItems<T>(path: string, most = 2000): Promise<T[]> {
  const items: T[] = [];
  let after = "";
  while (items.length < most) {
    const page = await api.get<Page<T>>(`${path}${path.includes("?") ? "&" : "?"}limit=200${after}`);
    items.push(...page.items);
    if (!page.next) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  return items;
}

/** A sentence for people, whatever was thrown. */
export const explain = (error: unknown): string =>
  error instanceof Error ? error.message : `Something went wrong: ${String(error)}`;
