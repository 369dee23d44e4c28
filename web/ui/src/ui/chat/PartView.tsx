import type { Part } from "../../wire/types";
import { Markdown } from "../markdown/Markdown";
import { Notice } from "./Notice";
import { Plan } from "./Plan";
import { Reasoning } from "./Reasoning";
import { ToolRow } from "./ToolRow";

export interface PartViewProps {
  part: Part;
  /** More of this very part may come. */
  isGrowing: boolean;
}

/** One piece of an answer. */
export function PartView({ part, isGrowing }: PartViewProps) {
  switch (part.type) {
    case "text":
      return <Markdown text={part.text ?? ""} isGrowing={isGrowing} />;
    case "reasoning":
      return <Reasoning text={part.text ?? ""} isGrowing={isGrowing} />;
    case "tool":
      return <ToolRow part={part} />;
    case "plan":
      return <Plan entries={part.entries ?? []} />;
    case "notice":
      return <Notice text={part.text ?? ""} />;
  }
}
