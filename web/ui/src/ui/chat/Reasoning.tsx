import { useId, useState } from "preact/hooks";
import { settings } from "../../state/settings";
import { Icon } from "../common/Icon";
import { Markdown } from "../markdown/Markdown";
import { wordsIn } from "./toolLooks";
import "./reasoning.css";

export interface ReasoningProps {
  text: string;
  isGrowing: boolean;
}

/** What the agent thought. Closed unless a person prefers it open; closed, it mounts nothing. */
export function Reasoning({ text, isGrowing }: ReasoningProps) {
  const [choice, setChoice] = useState<boolean | null>(null);
  const isOpen = choice ?? settings.value.show_reasoning;
  const bodyId = useId();
  const words = wordsIn(text);
  return (
    <div class="reasoning" role="group" aria-label="Reasoning">
      <button type="button" class="reasoning-head" aria-expanded={isOpen} aria-controls={bodyId} onClick={() => setChoice(!isOpen)}>
        <Icon name={isOpen ? "chevron-down" : "chevron-right"} />
        <span>{isGrowing ? "Thinking…" : "Thought"}</span>
        <span class="reasoning-length">
          {words.toLocaleString("en")} {words === 1 ? "word" : "words"}
        </span>
      </button>
      <div id={bodyId} class="reasoning-body" hidden={!isOpen}>
        {isOpen && <Markdown text={text} isGrowing={isGrowing} />}
      </div>
    </div>
  );
}
