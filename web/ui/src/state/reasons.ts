/** Why an agent is missing, taken apart: what was found, and what to type to get it. Pure. */

export interface Reason {
  why: string;
  /** A command line; null: the reason names none. */
  how: string | null;
}

export function reasonOf(error: string): Reason {
  const found = /^(.*?)\s+To get [^:]+: (\S.*)$/s.exec(error);
  return found ? { why: found[1] ?? "", how: found[2] ?? null } : { why: error, how: null };
}
