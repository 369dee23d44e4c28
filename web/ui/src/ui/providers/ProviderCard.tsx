import { useId } from "preact/hooks";
import { reasonOf } from "../../state/reasons";
import { count } from "../../state/risks";
import { changeSettings, settings } from "../../state/settings";
import type { Provider } from "../../wire/types";
import { Button } from "../common/Button";
import { Chip } from "../common/Chip";
import { Icon } from "../common/Icon";
import { toastError } from "../common/toast";

/** One agent. What is missing says why, and how to get it. */
export function ProviderCard({ provider }: { provider: Provider }) {
  const id = useId();
  const isDefault = settings.value.default_agent === provider.id;
  return (
    <article class="card provider" aria-labelledby={id}>
      <header class="card-head">
        <h3 id={id}>{provider.label}</h3>
        {provider.installed ? <Chip kind="good">installed</Chip> : <Chip kind="warn">{provider.transport === "native" ? "no model endpoint" : "missing"}</Chip>}
        {provider.version && <Chip title="Version">{provider.version}</Chip>}
        <Chip title="How BooCode speaks to it">{provider.transport}</Chip>
        {isDefault && <Chip kind="accent">new chats begin with it</Chip>}
      </header>
      {provider.error && (
        <div id={`${id}-why`} class="provider-why">
          <Icon name="warning" />
          <Why error={provider.error} />
        </div>
      )}
      {provider.installed && <Abilities provider={provider} />}
      <div class="card-ways">
        <Button
          isSmall
          disabled={!provider.installed || isDefault}
          aria-describedby={provider.error ? `${id}-why` : undefined}
          aria-label={`Begin new chats with it: ${provider.label}`}
          onClick={() => changeSettings({ default_agent: provider.id }).catch(toastError)}
        >
          Begin new chats with it
        </Button>
      </div>
    </article>
  );
}

function Why({ error }: { error: string }) {
  const { why, how } = reasonOf(error);
  return (
    <div>
      <p>{why}</p>
      {how !== null && (
        <p>
          To get it, type in a terminal: <code>{how}</code>. Then look again.
        </p>
      )}
    </div>
  );
}

function Abilities({ provider }: { provider: Provider }) {
  const { models, modes, thinking, commands, default_model, default_mode } = provider;
  const isKnown = models.length || modes.length || commands.length || thinking.length;
  if (!isKnown) return <p class="note">What it offers is known once it was asked: look again, or send it a prompt.</p>;
  return (
    <dl class="provider-facts">
      {models.length > 0 && (
        <>
          <dt>Models</dt>
          <dd>
            <Long what="model" items={models.map((model) => ({ key: model.id, label: model.label, isDefault: model.id === default_model }))} />
          </dd>
        </>
      )}
      {modes.length > 0 && (
        <>
          <dt>Modes</dt>
          <dd>
            <Long what="mode" items={modes.map((mode) => ({ key: mode, label: mode, isDefault: mode === default_mode }))} />
          </dd>
        </>
      )}
      {thinking.length > 0 && (
        <>
          <dt>Thinking</dt>
          <dd>{thinking.join(", ")}</dd>
        </>
      )}
      {commands.length > 0 && (
        <>
          <dt>Commands</dt>
          <dd>
            <details>
              <summary>{count(commands.length, "command")}</summary>
              <ul class="provider-commands">
                {commands.map((command) => (
                  <li key={command.name}>
                    <code>/{command.name}</code> <span class="note">{command.description}</span>
                  </li>
                ))}
              </ul>
            </details>
          </dd>
        </>
      )}
    </dl>
  );
}

const FEW = 8;

interface LongProps {
  what: string;
  items: { key: string; label: string; isDefault: boolean }[];
}

function Long({ what, items }: LongProps) {
  const names = items.map(({ key, label, isDefault }) => (
    <Chip key={key} title={key} kind={isDefault ? "accent" : undefined}>
      {isDefault && !/^default/i.test(label) ? `${label} (default)` : label}
    </Chip>
  ));
  if (items.length <= FEW) return <span class="provider-names">{names}</span>;
  return (
    <details>
      <summary>{count(items.length, what)}</summary>
      <span class="provider-names">{names}</span>
    </details>
  );
}
