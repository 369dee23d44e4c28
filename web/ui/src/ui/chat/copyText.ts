import { toast } from "../common/toast";

/** Puts text on the clipboard, and says so. */
export async function copyText(text: string, done: string): Promise<void> {
  const isCopied = await write(text);
  toast(isCopied ? done : "The browser did not let BooCode copy. Select the text and copy it by hand.", {
    kind: isCopied ? "info" : "error",
  });
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeTheOldWay(text);
  }
}

/** There is no clipboard in a page that came over plain HTTP from another machine. */
function writeTheOldWay(text: string): boolean {
  const area = document.createElement("textarea");
  const focused = document.activeElement;
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return isCopied;
}
