import { Component, type ComponentChildren } from "preact";
import { visible } from "../markdown/visible";
import "./contained.css";

interface Props {
  /** What can be said of it all the same; shown as plain text. */
  text: string;
  children: ComponentChildren;
}

interface State {
  hasFailed: boolean;
}

/** Something an agent said. When the page cannot draw it, it takes nothing else with it. */
export class Contained extends Component<Props, State> {
  override state: State = { hasFailed: false };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ hasFailed: true });
  }

  override render({ text, children }: Props, { hasFailed }: State) {
    if (!hasFailed) return children;
    return (
      <div class="contained" role="group" aria-label="Not drawn">
        <p class="note">The page could not draw this. Here it is as text.</p>
        <pre tabIndex={0}>{visible(text.slice(0, MOST))}</pre>
      </div>
    );
  }
}

/** More is on the clipboard, by the message's own button. */
const MOST = 20_000;
