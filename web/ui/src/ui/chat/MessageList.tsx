import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ChatStore } from "../../state/chats";
import { inLog } from "../../state/queue";
import type { Remark } from "../../state/transcript";
import type { Message } from "../../wire/types";
import { Button } from "../common/Button";
import { toastError } from "../common/toast";
import { BegunBy } from "./BegunBy";
import { Contained } from "./Contained";
import { MessageRow } from "./MessageRow";
import { Notice } from "./Notice";

/** How far above the view older messages are fetched. */
const AHEAD = "800px 0px 0px 0px";
/** Messages are drawn as they come near the view, and have another height then: some frames later. */
const STILL_FRAMES = 4;
const MOST_FRAMES = 60;

export interface MessageListProps {
  store: ChatStore;
  sessionId: string;
  /** The element that scrolls. */
  scroller: { readonly current: HTMLElement | null };
}

interface Row {
  message: Message;
  isLast: boolean;
  node: VNode;
}

/** All messages that are loaded. A message that did not change keeps its very node, and Preact passes it over. */
export function MessageList({ store, sessionId, scroller }: MessageListProps) {
  const { messages, remarks, hasOlder, turn } = store.transcript.value;
  const rows = useRef(new Map<string, Row>());
  const shown = inLog(messages, turn !== null);
  useKeptPlace(shown[0]?.id, scroller);

  const next = new Map<string, Row>();
  const nodes: VNode[] = [];
  nodes.push(...remarksAt(remarks, null));
  shown.forEach((message, index) => {
    const isLast = index === shown.length - 1;
    const old = rows.current.get(message.id);
    const row = old?.message === message && old.isLast === isLast ? old : drawn(message, isLast);
    next.set(message.id, row);
    nodes.push(row.node);
    if (remarks.length) nodes.push(...remarksAt(remarks, message.id));
  });
  rows.current = next;

  function drawn(message: Message, isLast: boolean): Row {
    const node = (
      <Contained key={message.id} text={message.text}>
        <MessageRow message={message} sessionId={sessionId} isLast={isLast} />
      </Contained>
    );
    return { message, isLast, node };
  }
  return (
    <>
      {hasOlder && <Older store={store} first={shown[0]?.id} />}
      {!hasOlder && shown[0] && <BegunBy first={shown[0]} />}
      {nodes}
    </>
  );
}

const remarksAt = (remarks: readonly Remark[], after: string | null): VNode[] =>
  remarks
    .filter((remark) => remark.after === after)
    .map((remark) => <Notice key={`remark-${remark.seq}`} text={remark.text} />);

/** Above the oldest message: comes into view, and the page before it is fetched. */
function Older({ store, first }: { store: ChatStore; first: string | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  const load = (): void => void store.loadOlder().catch(toastError);
  useEffect(() => {
    const { current } = place;
    if (!current) return;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && load(), {
      root: current.closest(".chat-log"),
      rootMargin: AHEAD,
    });
    watch.observe(current);
    return () => watch.disconnect();
  }, [first, store]);
  return (
    <div class="chat-older" ref={place}>
      <Button kind="quiet" isSmall busy={store.isLoadingOlder.value} onClick={load}>
        Show older messages
      </Button>
    </div>
  );
}

/** Messages that come in above leave what is looked at where it is. */
function useKeptPlace(first: string | undefined, scroller: { readonly current: HTMLElement | null }): void {
  const before = useRef<{ first: string | undefined; node: Element | null; top: number } | null>(null);
  const last = useRef(first);
  if (last.current !== first && scroller.current) {
    // The browser's own anchoring does the same, but not at the very top; both together would do it twice.
    scroller.current.style.overflowAnchor = "none";
    const node = scroller.current.querySelector("article");
    before.current = { first: last.current, node, top: node?.getBoundingClientRect().top ?? 0 };
  }
  useLayoutEffect(() => {
    last.current = first;
    const kept = before.current;
    const element = scroller.current;
    before.current = null;
    if (!kept || !element) return;
    if (kept.node) hold(element, kept.node, kept.top);
  }, [first]);
}

/** Keeps `node` where it is until nothing above it changes its height any more, or somebody scrolls. */
function hold(scroller: HTMLElement, node: Element, top: number): void {
  let frames = 0;
  let still = 0;
  let set = scroller.scrollTop;
  const step = (): void => {
    const isOurs = Math.abs(scroller.scrollTop - set) < 1;
    if (!node.isConnected || !isOurs || still === STILL_FRAMES || frames++ === MOST_FRAMES) {
      scroller.style.overflowAnchor = "";
      return;
    }
    const moved = node.getBoundingClientRect().top - top;
    still = Math.abs(moved) < 1 ? still + 1 : 0;
    if (still === 0) scroller.scrollTop += moved;
    set = scroller.scrollTop;
    requestAnimationFrame(step);
  };
  step();
}
