import { inbox, waitingCount } from "../../state/inbox";
import { activeView, openView, type View } from "../../state/layout";
import { Icon, type IconName } from "../common/Icon";

const PLACES: readonly { kind: "inbox" | "supervision" | "providers" | "settings"; icon: IconName; name: string }[] = [
  { kind: "inbox", icon: "inbox", name: "Inbox" },
  { kind: "supervision", icon: "tree", name: "Supervision" },
  { kind: "providers", icon: "plug", name: "Providers" },
  { kind: "settings", icon: "gear", name: "Settings" },
];

/** The parts of BooCode that belong to no project. */
export function Places() {
  return (
    <ul class="places">
      {PLACES.map(({ kind, icon, name }) => (
        <li key={kind}>
          <button
            type="button"
            class="place"
            aria-current={activeView.value?.kind === kind ? "page" : undefined}
            onClick={(event) => openView({ kind } as View, event.metaKey || event.ctrlKey ? "beside" : "here")}
          >
            <Icon name={icon} />
            <span>{name}</span>
            {kind === "inbox" && <Waiting />}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Waiting() {
  const asked = waitingCount.value;
  const all = inbox.value.length;
  if (!all) return null;
  const words = asked ? `${asked} waiting for your answer` : `${all} to look at`;
  return (
    <span class={asked ? "place-count place-urgent" : "place-count"} title={words}>
      <span aria-hidden="true">{asked || all}</span>
      <span class="unseen">, {words}</span>
    </span>
  );
}
