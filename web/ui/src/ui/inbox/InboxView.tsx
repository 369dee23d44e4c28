import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { inbox, inboxError, isInboxLoaded, loadInbox } from "../../state/inbox";
import type { InboxItem } from "../../wire/types";
import { Empty } from "../common/Empty";
import { ErrorNote } from "../common/ErrorNote";
import { Spinner } from "../common/Spinner";
import { Page } from "../page/Page";
import { Asked } from "./Asked";
import { Ended } from "./Ended";
import { useStaying } from "./useStaying";
import "./inbox.css";

/** All that waits for a person, from every project. Questions first: an agent stands still behind each. */
export default function InboxView() {
  const items = inbox.value;
  const ref = useRef<HTMLDivElement>(null);
  const open = items.filter((item) => item.kind === "permission");
  const questions = useStaying(open);
  useFocusThatStays(ref, items);
  return (
    <Page title="Inbox" about="What agents ask you, and what went wrong, from all projects.">
      <div ref={ref} class="inbox">
        {inboxError.value !== null && <ErrorNote error={inboxError.value} onRetry={() => void loadInbox()} />}
        {!isInboxLoaded.value && inboxError.value === null && (
          <p class="note">
            <Spinner /> Loading…
          </p>
        )}
        {isInboxLoaded.value && !items.length && !questions.length && (
          <Empty title="Nothing waits for you">
            <p>When an agent asks for permission, or a task fails, it is shown here and counted at the side.</p>
          </Empty>
        )}
        <Group title="Questions" items={questions} count={open.length}>
          {(item) => <Asked key={item.id} item={item} isOver={!open.includes(item)} />}
        </Group>
        <Group title="Blocked" items={items.filter((item) => item.kind === "blocked")}>
          {(item) => <Ended key={item.id} item={item} />}
        </Group>
        <Group title="Failed" items={items.filter((item) => item.kind === "failed")}>
          {(item) => <Ended key={item.id} item={item} />}
        </Group>
      </div>
    </Page>
  );
}

interface GroupProps {
  title: string;
  items: readonly InboxItem[];
  /** Of those that wait; without it all do. */
  count?: number;
  children: (item: InboxItem) => ComponentChildren;
}

function Group({ title, items, count = items.length, children }: GroupProps) {
  if (!items.length) return null;
  return (
    <section class="inbox-group" aria-label={title}>
      <h2>
        {title} <span class="note">{count}</span>
      </h2>
      {items.map(children)}
    </section>
  );
}

/** When what had the focus is done and gone, the focus goes on to what is next, not to nowhere. */
function useFocusThatStays(ref: { current: HTMLDivElement | null }, items: InboxItem[]): void {
  const hadFocus = useRef(false);
  useLayoutEffect(() => {
    const root = ref.current;
    if (!root) return;
    if (hadFocus.current && document.activeElement === document.body) {
      // An item and not a button of it: a key pressed once too often must not answer the next question.
      const next = root.querySelector<HTMLElement>(".inbox-item:not(.inbox-over)") ?? root.closest(".page")?.querySelector("h1");
      next?.focus();
    }
    const note = () => (hadFocus.current = root.contains(document.activeElement));
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, [items]);
}
