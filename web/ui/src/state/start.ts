/** Begins to keep the state that is not of one chat: called once by the page. Harmless to call twice. */

import { startNotifications } from "../net/notifications";
import { startCatalog } from "./catalog";
import { startInbox } from "./inbox";
import { startProviders } from "./providers";
import { startSettings } from "./settings";
import { followUser } from "./userFrames";

export function startState(): void {
  startCatalog();
  startInbox();
  startProviders();
  startSettings();
  startNotifications();
  followUser();
}
