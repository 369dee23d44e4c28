import type { ComponentType, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "./Button";
import { Spinner } from "./Spinner";
import "./lazy.css";

/** How a part of the page is fetched when it is first shown: `() => import("./X").then((m) => m.X)`. */
export type Load<P> = () => Promise<ComponentType<P>>;

export interface LazyProps<P> {
  load: Load<P>;
  /** What is being loaded, for a person: "the review". */
  what: string;
  props: P;
}

type State<P> = { is: "loading" } | { is: "there"; component: ComponentType<P> } | { is: "failed" };

/** Parts that have arrived, so that a second showing has no gap. */
const arrived = new Map<unknown, unknown>();

/** Fetches a part before it is asked for: then it is drawn at once, and no key that follows goes elsewhere. */
export async function preload<P>(load: Load<P>): Promise<void> {
  try {
    arrived.set(load, await load());
  } catch {
    // It is fetched when it is shown, and that says what is wrong.
  }
}

/** Shows a part that is fetched on demand. One that cannot be fetched (no network, or a newer BooCode) says so and offers a way on. */
export function Lazy<P extends object>({ load, what, props }: LazyProps<P>): VNode {
  const [state, setState] = useState<State<P>>(() => known(load));
  const fetchIt = () => {
    let isWanted = true;
    setState(known(load));
    load().then(
      (component) => {
        arrived.set(load, component);
        if (isWanted) setState({ is: "there", component });
      },
      () => isWanted && setState({ is: "failed" }),
    );
    return () => {
      isWanted = false;
    };
  };
  useEffect(fetchIt, [load]);
  if (state.is === "there") {
    const Shown = state.component;
    return <Shown {...props} />;
  }
  if (state.is === "loading") {
    return (
      <p class="lazy note">
        <Spinner /> Loading {what}…
      </p>
    );
  }
  return (
    <div class="lazy" role="alert">
      <p>
        This part of the page, {what}, could not be loaded. BooCode may be unreachable, or it was updated since this page was
        opened. Nothing you wrote is lost.
      </p>
      <div class="lazy-ways">
        <Button kind="primary" onClick={fetchIt}>
          Try again
        </Button>
        <Button onClick={() => location.reload()}>Reload the page</Button>
      </div>
    </div>
  );
}

function known<P>(load: Load<P>): State<P> {
  const component = arrived.get(load) as ComponentType<P> | undefined;
  return component ? { is: "there", component } : { is: "loading" };
}
