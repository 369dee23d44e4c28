import { useEffect } from "preact/hooks";
import type { ChatStore } from "../../state/chats";
import type { Message } from "../../wire/types";
import { announce } from "../common/announce";
import { nameOf } from "./MessageRow";

const ENDS: Partial<Record<Message["status"], string>> = {
  complete: "is done.",
  cancelled: "was stopped.",
  error: "could not finish: the turn failed.",
  interrupted: "was cut off.",
};

/** Start and end of a turn, for people who cannot see the page; what streams is not read out. */
export function useTurnAnnouncements(store: ChatStore): void {
  useEffect(() => {
    let before = store.transcript.peek().turn;
    return store.transcript.subscribe(({ turn, messages }) => {
      if (turn?.messageId === before?.messageId) return;
      const ended = before && messages.find((message) => message.id === before?.messageId);
      before = turn;
      if (turn) announce(`${nameOf(turn.agent)} has started.`);
      else if (ended && ENDS[ended.status]) announce(`${nameOf(ended.agent)} ${ENDS[ended.status]}`);
    });
  }, [store]);
}
