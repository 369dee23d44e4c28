import { explain } from "../../net/api";
import { Button } from "./Button";
import { Icon } from "./Icon";
import "./error-note.css";

export interface ErrorNoteProps {
  /** Whatever was thrown, or a sentence. */
  error: unknown;
  onRetry?: (() => void) | undefined;
}

/** What went wrong, in a sentence, where it went wrong. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
  return (
    <div class="error-note" role="alert">
      <Icon name="warning" />
      <span>{typeof error === "string" ? error : explain(error)}</span>
      {onRetry && (
        <Button isSmall onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
