/** Where keys go in the list of changes: each hunk that is drawn, and each file that shows none. */

export interface Stop {
  element: HTMLElement;
  file: HTMLElement;
  /** From 0; null: the file's own heading. */
  hunk: number | null;
}

const FILE = ".review-file";
const HUNK = ".diff-hunk";

export const filesIn = (root: HTMLElement | null): HTMLElement[] => [...(root?.querySelectorAll<HTMLElement>(FILE) ?? [])];

export function stopsIn(root: HTMLElement | null): Stop[] {
  return filesIn(root).flatMap((file): Stop[] => {
    const hunks = [...file.querySelectorAll<HTMLElement>(HUNK)];
    if (!hunks.length) return [{ element: file, file, hunk: null }];
    return hunks.map((element) => ({ element, file, hunk: Number(element.dataset["hunk"]) }));
  });
}

/** Where the focus is; null: not in the list. */
export function placeOf(root: HTMLElement | null): Stop | null {
  const active = document.activeElement;
  const file = active?.closest<HTMLElement>(FILE);
  if (!active || !file || !root?.contains(file)) return null;
  const hunk = active.closest<HTMLElement>(HUNK);
  return { element: hunk ?? file, file, hunk: hunk ? Number(hunk.dataset["hunk"]) : null };
}

export interface Place {
  path: string;
  fileAt: number;
  hunk: number | null;
}

/** Null: the focus is elsewhere and shall stay there. */
export function rememberPlace(root: HTMLElement | null): Place | null {
  const place = placeOf(root);
  if (!place) return root?.contains(document.activeElement) ? { path: "", fileAt: 0, hunk: null } : null;
  return { path: place.file.dataset["path"] ?? "", fileAt: filesIn(root).indexOf(place.file), hunk: place.hunk };
}

/** The same file and hunk, or what has moved up there; else the list itself. */
export function focusStop(root: HTMLElement | null, place: Place): void {
  // Somebody has gone on meanwhile, or the button that was pressed is still there.
  if (document.activeElement && document.activeElement !== document.body && root?.contains(document.activeElement)) return;
  if (document.querySelector("dialog[open]")) return;
  const files = filesIn(root);
  const same = files.find((file) => file.dataset["path"] === place.path);
  const file = same ?? files[Math.min(place.fileAt, files.length - 1)];
  const hunks = [...(same?.querySelectorAll<HTMLElement>(HUNK) ?? [])];
  const hunk = place.hunk === null ? undefined : hunks[Math.min(place.hunk, hunks.length - 1)];
  goTo(hunk ?? file ?? root?.querySelector<HTMLElement>("[data-rest]") ?? root);
}

export function goTo(element: HTMLElement | null | undefined): void {
  if (!element) return;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: element.matches(HUNK) ? "nearest" : "start" });
}
