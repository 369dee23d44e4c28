import type { View } from "../../state/view";

let held: View | null = null;

/** The view whose tab is being dragged; a browser does not tell before it is dropped. */
export const dragged = (): View | null => held;

export const setDragged = (view: View | null): void => {
  held = view;
};
