import { expect, test } from "vitest";
import { matching } from "./matching";

const entry = (title: string, group = "", hint = "") => ({ title, group, hint });
const ALL = [entry("Fix the settings page", "Chats", "web"), entry("Settings", "Go to"), entry("Reset", "Commands"), entry("Inbox", "Go to")];
const titles = (query: string) => matching(ALL, query).map(({ title }) => title);

test("nothing asked gives all as they are", () => {
  expect(titles("  ")).toEqual(ALL.map(({ title }) => title));
});

test("the beginning of a title counts most, then of a word, then any part", () => {
  expect(titles("set")).toEqual(["Settings", "Fix the settings page", "Reset"]);
});

test("every word must occur, in the title or in what stands beside it", () => {
  expect(titles("page WEB")).toEqual(["Fix the settings page"]);
  expect(titles("settings nowhere")).toEqual([]);
});
