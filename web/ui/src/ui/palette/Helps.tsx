import { Lazy } from "../common/Lazy";
import { help } from "./opening";

const loadPalette = () => import("./Palette").then((found) => found.Palette);
const loadSheet = () => import("./KeySheet").then((found) => found.KeySheet);
const close = () => {
  help.value = null;
};

/** The palette and the sheet of keys, fetched when they are first asked for. */
export function Helps() {
  if (help.value === "palette") return <Lazy load={loadPalette} what="the palette" props={{ onClose: close }} />;
  if (help.value === "keys") return <Lazy load={loadSheet} what="the sheet of keys" props={{ onClose: close }} />;
  return null;
}
