import { Empty } from "../common/Empty";

/** Before the first prompt: what can be said, and what happens then. */
export const EmptyChat = () => (
  <Empty title="What shall be done?">
    <p>
      Say it in plain words below. The agent gets a copy of the project to work in, and you decide which of its changes come into
      your files.
    </p>
    <p class="note">
      The practice agent needs no key and understands, for example: “create hello.py that prints hello”, “run ls”, “count to 20
      slowly”.
    </p>
  </Empty>
);
