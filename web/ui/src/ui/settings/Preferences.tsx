import { useId } from "preact/hooks";
import { providers } from "../../state/providers";
import { changeSettings, settings } from "../../state/settings";
import type { SettingsChange } from "../../wire/types";
import { toastError } from "../common/toast";
import { Choice } from "./Choice";
import { Section } from "./Section";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const change = (patch: SettingsChange): void => void changeSettings(patch).catch(toastError);

export function Preferences() {
  const now = settings.value;
  return (
    <>
      <Section title="Appearance">
        <Choice
          label="Theme"
          value={now.theme}
          options={[
            { value: "dark", label: "Dark" },
            { value: "light", label: "Light" },
            { value: "system", label: "As this device" },
          ]}
          onChoose={(theme) => change({ theme })}
        />
        <Choice
          label="Diffs"
          value={now.diff_view}
          options={[
            { value: "unified", label: "Unified" },
            { value: "side_by_side", label: "Side by side" },
          ]}
          onChoose={(diff_view) => change({ diff_view })}
        />
      </Section>
      <Section title="Chats">
        <Choice
          label="Send a prompt with"
          value={now.send_key}
          options={[
            { value: "enter", label: "Enter (Shift+Enter makes a line)" },
            { value: "mod_enter", label: `${isMac ? "⌘" : "Ctrl"}+Enter (Enter makes a line)` },
          ]}
          onChoose={(send_key) => change({ send_key })}
        />
        <label class="settings-check">
          <input
            type="checkbox"
            checked={now.show_reasoning}
            onChange={(event) => change({ show_reasoning: event.currentTarget.checked })}
          />
          <span>Show the reasoning of agents unfolded</span>
        </label>
        <DefaultAgent />
      </Section>
    </>
  );
}

function DefaultAgent() {
  const id = useId();
  const chosen = settings.value.default_agent;
  const isKnown = chosen === null || providers.value.some((provider) => provider.id === chosen);
  return (
    <div class="settings-field">
      <label for={id}>New chats begin with</label>
      <select
        id={id}
        class="text-field"
        value={chosen ?? ""}
        onChange={(event) => change({ default_agent: event.currentTarget.value || null })}
      >
        <option value="">the first agent that is installed</option>
        {!isKnown && <option value={chosen ?? ""}>{chosen} (not known here)</option>}
        {providers.value.map((provider) => (
          <option key={provider.id} value={provider.id} disabled={!provider.installed}>
            {provider.installed ? provider.label : `${provider.label} (missing)`}
          </option>
        ))}
      </select>
    </div>
  );
}
