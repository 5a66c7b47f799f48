import { expect, test } from "vitest";
import { takeOption } from "./take-option.mjs";

test("an option is taken out in both spellings, the last one counts, the rest stays in order", () => {
  expect(takeOption(["a", "--web", "off", "b"], "--web")).toEqual({ value: "off", rest: ["a", "b"] });
  expect(takeOption(["--web=on", "--web=off"], "--web")).toEqual({ value: "off", rest: [] });
  expect(takeOption(["--webby", "x"], "--web")).toEqual({ value: undefined, rest: ["--webby", "x"] });
  expect(takeOption([], "--web")).toEqual({ value: undefined, rest: [] });
});
