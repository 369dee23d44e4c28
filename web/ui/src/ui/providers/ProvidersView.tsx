import { isProvidersLoaded, isRefreshing, loadProviders, providers, providersError, refreshProviders } from "../../state/providers";
import { announce } from "../common/announce";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { Spinner } from "../common/Spinner";
import { toastError } from "../common/toast";
import { Page } from "../page/Page";
import { ProviderCard } from "./ProviderCard";
import "./providers.css";

/** The agents of this machine: which are there, what each can do, and how to get the others. */
export default function ProvidersView() {
  const all = providers.value;
  const there = all.filter((provider) => provider.installed);
  const missing = all.filter((provider) => !provider.installed);
  return (
    <Page
      title="Providers"
      about="The agents that BooCode can give work to: programs on this machine, and BooCode's own for a model of yours."
      actions={
        <Button icon="refresh" busy={isRefreshing.value} onClick={() => void refresh()}>
          {isRefreshing.value ? "Looking for agents…" : "Look again"}
        </Button>
      }
    >
      {providersError.value !== null && <ErrorNote error={providersError.value} onRetry={() => void loadProviders()} />}
      {!isProvidersLoaded.value && providersError.value === null && (
        <p class="note">
          <Spinner /> Loading…
        </p>
      )}
      {there.length > 0 && (
        <section class="providers" aria-label="Installed">
          <h2>Installed</h2>
          {there.map((provider) => (
            <ProviderCard key={provider.id} provider={provider} />
          ))}
        </section>
      )}
      {missing.length > 0 && (
        <section class="providers" aria-label="Not there">
          <h2>Not there</h2>
          {missing.map((provider) => (
            <ProviderCard key={provider.id} provider={provider} />
          ))}
        </section>
      )}
    </Page>
  );
}

async function refresh(): Promise<void> {
  try {
    await refreshProviders();
    announce("The list of agents is up to date.");
  } catch (error) {
    toastError(error);
  }
}
