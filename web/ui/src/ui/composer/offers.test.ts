import { describe, expect, it } from "vitest";
import { askedAt, commandOffers, fileOffers, mention, taken } from "./offers";

/** The text with the caret where the bar is. */
function at(marked: string): ReturnType<typeof askedAt> {
  const caret = marked.indexOf("|");
  return askedAt(marked.replace("|", ""), caret);
}

describe("what is asked for", () => {
  it.each([
    ["/|", "command", "", 0],
    ["/pl|", "command", "pl", 0],
    ["@|", "file", "", 0],
    ["look at @src/ma|", "file", "src/ma", 8],
    ["(@a|)", "file", "a", 1],
    ['see @"my fi|', "file", "my fi", 4],
    ['see @"|', "file", "", 4],
    ["one\n@two| three", "file", "two", 4],
  ])("in %j is a %s named %j", (text, kind, query, start) => expect(at(text)).toMatchObject({ kind, query, start }));

  it.each(["|", "plain|", "/plan |", "a /plan|", "me@example.org|", "@done |", '@"done" |', "@one two|", "/a/b |"])("in %j is nothing", (text) =>
    expect(at(text)).toBeNull(),
  );

  it("is found at once in a text of a megabyte", () => {
    const text = `${"a@b /c ".repeat(150_000)} @fi`;
    const before = performance.now();
    expect(askedAt(text, text.length)?.query).toBe("fi");
    expect(performance.now() - before).toBeLessThan(100);
  });
});

describe("offers", () => {
  it("of commands begin with those that begin so", () => {
    const commands = ["explain", "/plan", "replan", "help"].map((name) => ({ name, description: `does ${name}` }));
    expect(commandOffers(commands, "PLA").map((offer) => offer.label)).toEqual(["/plan", "/explain", "/replan"]);
    expect(commandOffers(commands, "").length).toBe(4);
    expect(commandOffers(commands, "nothing")).toEqual([]);
  });

  it("of folders go on, of files end with a space, of names with spaces are quoted", () => {
    const found = fileOffers([
      { path: "src", kind: "directory" },
      { path: "src/a.py", kind: "file" },
      { path: "my file.txt", kind: "file" },
    ]);
    expect(found.map((offer) => [offer.insert, offer.goesOn])).toEqual([["@src/", true], ["@src/a.py ", false], ['@"my file.txt" ', false]]);
    expect(mention("my folder/", true)).toBe('@"my folder/');
  });
});

describe("taking an offer", () => {
  const offer = { id: "a.py", label: "a.py", hint: "", insert: "@a.py ", goesOn: false };

  it.each([
    ["look at @a|", "look at @a.py |"],
    ["@a| please", "@a.py |please"],
    ["(@a|)", "(@a.py |)"],
  ])("turns %j into %j", (before, after) => {
    const caret = before.indexOf("|");
    const text = before.replace("|", "");
    const asked = askedAt(text, caret);
    if (!asked) throw new Error("nothing was asked for");
    const done = taken(text, asked, offer);
    expect(`${done.text.slice(0, done.caret)}|${done.text.slice(done.caret)}`).toBe(after);
  });
});
