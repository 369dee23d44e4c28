import { useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, pathOf } from "../../net/api";
import type { Permission } from "../../wire/types";
import { expiryOf, type Expiry } from "./outcome";
import type { Question } from "./PermissionPrompt";

const TICK_MS = 1000;

export interface TimeOf {
  now: ReadonlySignal<number>;
  expiry: ReadonlySignal<Expiry>;
}

/** The time of a question. When it is over here the server is asked, whose clock counts; `ended`: it says how. */
export function useExpiry({ id, expires_at }: Question, ended: (end: Permission) => void): TimeOf {
  const now = useSignal(Date.now());
  const expiry = useSignal<Expiry>(expiryOf(expires_at, now.peek(), false));
  useEffect(() => {
    let isAsking = false;
    let isStillOpen = false;
    async function ask(): Promise<void> {
      isAsking = true;
      try {
        const told = await api.get<Permission>(pathOf("permissions", id));
        isStillOpen = told.outcome === null;
        if (!isStillOpen) ended(told);
      } catch {
        isStillOpen = false; // asked again with the next tick
      } finally {
        isAsking = false;
      }
    }
    const timer = setInterval(() => {
      now.value = Date.now();
      expiry.value = expiryOf(expires_at, now.peek(), isStillOpen);
      if (expiry.peek() === "over" && !isAsking) void ask();
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [id, expires_at]);
  return { now, expiry };
}
