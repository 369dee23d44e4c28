import { allowance, askForNotifications, type Allowance } from "../../net/notifications";
import { changeSettings, settings } from "../../state/settings";
import { Button } from "../common/Button";
import { toastError } from "../common/toast";
import { Section } from "./Section";

const WORDS: Record<Allowance, string> = {
  default: "This browser has not been asked yet whether it may show them.",
  granted: "This browser may show them.",
  denied: "This browser refuses them. Allow notifications for this address in the browser's own settings.",
  unsupported: "This browser cannot show them here: it has none, or the page came unencrypted from another machine.",
};

/** The wish follows the person; what a browser allows is its own, and is asked only by a click. */
export function Notifications() {
  const isWanted = settings.value.notifications;
  const wish = async (notifications: boolean) => {
    try {
      if (notifications && allowance.peek() === "default") await askForNotifications();
      await changeSettings({ notifications });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Section title="Notifications">
      <label class="settings-check">
        <input type="checkbox" checked={isWanted} onChange={(event) => void wish(event.currentTarget.checked)} />
        <span>Tell me when a turn ends or an agent asks, while I look elsewhere</span>
      </label>
      {(isWanted || allowance.value === "denied" || allowance.value === "unsupported") && <p class="note">{WORDS[allowance.value]}</p>}
      {isWanted && allowance.value === "default" && (
        <p>
          <Button onClick={() => void askForNotifications()}>Allow them in this browser</Button>
        </p>
      )}
    </Section>
  );
}
