import { Component, type ComponentChildren } from "preact";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { Empty } from "../common/Empty";

interface Props {
  /** What is inside, for a person: "Inbox". */
  what: string;
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

  override render({ what, children }: Props, { error }: State) {
    if (error === null) return children;
    return (
      <Empty title={`${what} met a fault of this page`}>
        <ErrorNote error={error} onRetry={() => this.setState({ error: null })} />
        <p>The rest goes on, and nothing is lost on the server.</p>
        <Button onClick={() => location.reload()}>Reload the page</Button>
      </Empty>
    );
  }
}
