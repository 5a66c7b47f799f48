import { expect, it } from "vitest";
import { titleIn, titleRequest } from "./title-text.ts";

it("takes a title out of what models answer", () => {
  for (const [answer, title] of [
    ["Fix the login test", "Fix the login test"],
    ['"Fix the login test."\n', "Fix the login test"],
    ["# **Title:** Fix `login`", "Fix `login"],
    ["Session title: Données d’été", "Données d’été"],
    ["\n\n„Straßen“\nweil …", "Straßen"],
    ["\u001b[31mRed\u202e title", "[31mRed title"],
    ["日本語の題名", "日本語の題名"],
    ["…", null],
    ["", null],
    ["x".repeat(81), null],
  ] as const) {
    expect(titleIn(answer), JSON.stringify(answer)).toBe(title);
  }
});

it("sends a bounded part of the task, and no half characters", () => {
  const text = titleRequest({ prompt: "😀".repeat(50_000), answer: "b".repeat(50_000) });
  expect(text.length).toBeLessThan(3_300);
  expect(text.isWellFormed()).toBe(true);
});
