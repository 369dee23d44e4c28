/** What the agents of a session changed, and what a person decides about it. */

import type { JSX } from "preact";

export interface ReviewViewProps {
  view: { kind: "review"; sessionId: string };
  isActive: boolean;
}

export function ReviewView({ view }: ReviewViewProps): JSX.Element {
  return <section aria-label="Changes">{view.sessionId}</section>;
}

export default ReviewView;
