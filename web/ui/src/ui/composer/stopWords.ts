/** What has become of the wish to stop a turn, said as it is. */

import type { MessageComplete } from "../../wire/types";

export const NOTHING_TO_STOP = "There was nothing to stop: the turn had ended already.";

export function askedWords(agent: string, isPatienceOver: boolean): string {
  if (!isPatienceOver) return `${agent} was asked to stop.`;
  return `${agent} was asked to stop and does not listen yet. If it goes on like that, BooCode ends it.`;
}

export function endWords(rung: MessageComplete["rung"], agent: string): string {
  switch (rung) {
    case "before_start":
      return `The turn was ended before ${agent} was asked anything.`;
    case "given_up":
      return `${agent} did not answer in time. The turn is over; what it still says of it is not heard.`;
    case "killed":
      return `${agent} did not listen, so its process was ended. The next prompt starts it again.`;
    default:
      return `${agent} has stopped.`;
  }
}
