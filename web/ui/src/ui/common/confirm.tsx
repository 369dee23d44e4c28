import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

export interface Question {
  title: string;
  /** What will happen, and what is lost. */
  body: ComponentChildren;
  /** The verb on the button that does it. */
  action: string;
  danger?: boolean | undefined;
}

interface Asked extends Question {
  answer: (isYes: boolean) => void;
}

const asked = signal<readonly Asked[]>([]);

/** Asks a person before something is done. Esc, the cross and Cancel are no. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const entry: Asked = {
      ...question,
      answer: (isYes) => {
        asked.value = asked.peek().filter((other) => other !== entry);
        resolve(isYes);
      },
    };
    asked.value = [...asked.peek(), entry];
  });
}

/** Mounted once, by the frame. */
export function Confirmations() {
  const first = asked.value[0];
  if (!first) return null;
  const no = () => first.answer(false);
  return (
    <Dialog
      key={first.title}
      role="alertdialog"
      title={first.title}
      onClose={no}
      footer={
        <>
          <Button autofocus={Boolean(first.danger)} onClick={no}>
            Cancel
          </Button>
          <Button autofocus={!first.danger} kind={first.danger ? "danger" : "primary"} onClick={() => first.answer(true)}>
            {first.action}
          </Button>
        </>
      }
    >
      {first.body}
    </Dialog>
  );
}
