import { wantComposer } from "../../state/composerFocus";
import type { ChatStore } from "../../state/chats";
import { Button } from "../common/Button";
import { Empty } from "../common/Empty";
import { useChoice } from "../composer/useChoice";
import { writeDraft } from "../composer/writeDraft";

const PRACTICE = "practice";
const EXAMPLES = ["create hello.py that prints hello and run it", "count to 20 slowly", "help"];

/** Before the first prompt: what can be said, and what happens then. */
export function EmptyChat({ store }: { store: Pick<ChatStore, "chatId" | "transcript"> }) {
  const { choice } = useChoice(store.chatId, store.transcript);
  return (
    <Empty title="What shall be done?">
      <p>
        Say it in plain words below. The agent gets a copy of the project to work in, and you decide which of its changes come into
        your files.
      </p>
      {choice.value.agent === PRACTICE && <Examples chatId={store.chatId} />}
    </Empty>
  );
}

/** They are written, and a person sends them. */
function Examples({ chatId }: { chatId: string }) {
  const take = (text: string) => {
    writeDraft(chatId, text);
    wantComposer(chatId);
  };
  return (
    <>
      <p class="note">The practice agent needs no model and no key. It understands, for example:</p>
      {EXAMPLES.map((text) => (
        <Button key={text} isSmall title="Write it below" onClick={() => take(text)}>
          {text}
        </Button>
      ))}
    </>
  );
}
