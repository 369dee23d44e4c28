import { useEffect } from "preact/hooks";
import { Lazy, preload } from "../common/Lazy";
import { help } from "./opening";

const loadPalette = () => import("./Palette").then((found) => found.Palette);
const loadSheet = () => import("./KeySheet").then((found) => found.KeySheet);
const close = () => {
  help.value = null;
};

/** The palette and the sheet of keys. Letters follow the palette's key at once: it is fetched while the page has nothing to do. */
export function Helps() {
  useEffect(() => whenIdle(() => void preload(loadPalette)), []);
  if (help.value === "palette") return <Lazy load={loadPalette} what="the palette" props={{ onClose: close }} />;
  if (help.value === "keys") return <Lazy load={loadSheet} what="the sheet of keys" props={{ onClose: close }} />;
  return null;
}

function whenIdle(work: () => void): void {
  // Safari knows no idle time.
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work);
  else setTimeout(work, 1_000);
}
