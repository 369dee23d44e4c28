import { loadSettings, settingsError } from "../../state/settings";
import { ErrorNote } from "../common/ErrorNote";
import { Page } from "../page/Page";
import { AboutServer } from "./AboutServer";
import { Notifications } from "./Notifications";
import { Preferences } from "./Preferences";
import { ProjectPolicies } from "./ProjectPolicies";
import "./settings.css";

/** What a person prefers, what each project allows, and how this BooCode is set up. All is kept as it is changed. */
export default function SettingsView() {
  return (
    <Page title="Settings" about="What you change counts at once, here and in every other window.">
      {settingsError.value !== null && <ErrorNote error={settingsError.value} onRetry={() => void loadSettings()} />}
      <Preferences />
      <Notifications />
      <ProjectPolicies />
      <AboutServer />
    </Page>
  );
}
