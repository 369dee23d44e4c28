import { expect, it } from "vitest";
import { placeIn } from "./toolLooks";

it("calls a place as it is called in the project", () => {
  const paths = ["/w/s1/src/a.py:3", "/w/s1", "/w/s10/a.py", "/etc/hosts", "a.py"];
  expect(paths.map((path) => placeIn("/w/s1", path))).toEqual(["src/a.py:3", ".", "/w/s10/a.py", "/etc/hosts", "a.py"]);
  expect(placeIn(null, "/w/s1/a.py")).toBe("/w/s1/a.py");
});
