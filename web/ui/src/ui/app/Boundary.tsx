import { Component, type ComponentChildren } from "preact";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { Empty } from "../common/Empty";

interface Props {
  /** What is inside, for a person: "Inbox". */
  what: string;
  /** A way out of what fails again and again. */
  onClose?: (() => void) | undefined;
  children: ComponentChildren;
}

interface State {
  error: unknown;
}

/** A fault in one part of the page stays in that part. */
export class Boundary extends Component<Props, State> {
  override state: State = { error: null };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }

  override render({ what, onClose, children }: Props, { error }: State) {
    if (error === null) return children;
    return (
      <Empty title={`${what} met a fault of this page`}>
        <ErrorNote error={error} onRetry={() => this.setState({ error: null })} />
        <p>The rest goes on, and nothing is lost on the server.</p>
        <div class="lazy-ways">
          {onClose && <Button onClick={onClose}>Close this tab</Button>}
          <Button onClick={() => location.reload()}>Reload the page</Button>
        </div>
      </Empty>
    );
  }
}
