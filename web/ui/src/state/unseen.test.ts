import { expect, it } from "vitest";
import { hasUnseen, revealed } from "./unseen";

it.each([
  ["rm \u202etxt.sh", "rm ⟦U+202E⟧txt.sh"],
  ["a\u200bb\u200fc\u061cd", "a⟦U+200B⟧b⟦U+200F⟧c⟦U+061C⟧d"],
  ["safe\rrm -rf\u001b[8m", "safe⟦U+000D⟧rm -rf⟦U+001B⟧[8m"],
  ["tag \u{e0041}\u{e007f}", "tag ⟦U+E0041⟧⟦U+E007F⟧"],
  ["x\u3164y", "x⟦U+3164⟧y"],
])("%j is shown as %j", (text, shown) => {
  expect(revealed(text)).toBe(shown);
  expect(hasUnseen(shown)).toBe(false);
});

it.each(["two\n\tlines", "שלום", "naïve 🎉 日本", ""])("%j stays as it is", (text) => expect(revealed(text)).toBe(text));
