import { useState } from "preact/hooks";
import { statusOf } from "../../state/catalog";
import { closeView, showView } from "../../state/layout";
import type { View } from "../../state/view";
import { entryOf, titleOf } from "../app/views";
import { Icon } from "../common/Icon";
import { STATUS_WORDS, StatusDot } from "../common/StatusDot";
import { dragged, setDragged } from "./dragging";

export interface TabProps {
  id: string;
  view: View;
  bodyId: string;
  isShown: boolean;
  onDrop: (event: DragEvent, isAfter: boolean) => void;
}

/** The cross is for the pointer; the keyboard has Delete, and the menu of the pane. */
export function Tab({ id, view, bodyId, isShown, onDrop }: TabProps) {
  const [side, setSide] = useState<"" | "before" | "after">("");
  const title = titleOf(view);
  const status = view.kind === "chat" ? statusOf(view.chatId) : null;
  const isBusy = status !== null && status !== "idle";
  return (
    <div
      id={id}
      role="tab"
      class={side ? `tab tab-${side}` : "tab"}
      tabIndex={isShown ? 0 : -1}
      aria-selected={isShown}
      aria-controls={isShown ? bodyId : undefined}
      aria-description={isBusy ? STATUS_WORDS[status] : undefined}
      title={title}
      draggable
      onClick={() => showView(view)}
      onMouseDown={(event) => event.button === 1 && event.preventDefault()}
      onAuxClick={(event) => event.button === 1 && closeView(view)}
      onDragStart={(event) => {
        setDragged(view);
        event.dataTransfer?.setData("text/plain", title);
      }}
      onDragEnd={() => setDragged(null)}
      onDragOver={(event) => {
        if (!dragged()) return;
        event.preventDefault();
        setSide(isInSecondHalf(event) ? "after" : "before");
      }}
      onDragLeave={() => setSide("")}
      onDrop={(event) => {
        setSide("");
        onDrop(event, isInSecondHalf(event));
      }}
    >
      {isBusy ? (
        <span aria-hidden="true">
          <StatusDot status={status} />
        </span>
      ) : (
        <Icon name={entryOf(view).icon} />
      )}
      <span class="tab-title">{title}</span>
      <span
        class="tab-close"
        aria-hidden="true"
        title="Close"
        onClick={(event) => {
          event.stopPropagation();
          closeView(view);
        }}
      >
        <Icon name="close" />
      </span>
    </div>
  );
}

function isInSecondHalf(event: DragEvent): boolean {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return event.clientX > box.left + box.width / 2;
}
