import { choose } from "../../state/choices";
import { newSession } from "../../state/catalog";
import { keepDraft } from "../../state/drafts";
import { findProvider } from "../../state/providers";
import { Button } from "../common/Button";
import { attempt, openChat } from "../sidebar/acts";

const AGENT = "practice";

export const EXAMPLES = [
  { prompt: "create hello.py that prints hello and run it", shows: "a change to review, and a question before the command" },
  { prompt: "plan a login page, its tests and a short manual", shows: "a plan" },
  { prompt: "think about names then count to 20 slowly", shows: "reasoning and an answer that streams; stop it with Esc" },
  { prompt: "help", shows: "all that it understands" },
] as const;

/** Prompts for the agent that needs no model, no key and no network. */
export function Examples({ projectId }: { projectId: string }) {
  if (!findProvider(AGENT)?.installed) return null;
  return (
    <section class="card" aria-label="Examples to try">
      <h2>Examples to try</h2>
      <p class="note">
        For the practice agent, which needs no model and no key. Each opens a new session with the prompt written; you send it.
      </p>
      <ul class="welcome-examples">
        {EXAMPLES.map(({ prompt, shows }) => (
          <li key={prompt}>
            <Button class="welcome-example" onClick={() => void tryOut(projectId, prompt)}>
              {prompt}
            </Button>
            <span class="note">shows {shows}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function tryOut(projectId: string, text: string): Promise<boolean> {
  return attempt(async () => {
    const chat = (await newSession(projectId)).chats[0];
    if (!chat) return;
    choose(chat.id, AGENT);
    keepDraft(chat.id, { text, clientId: null });
    openChat(chat.id);
  });
}
