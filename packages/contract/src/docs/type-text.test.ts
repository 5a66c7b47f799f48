import { expect, it } from "vitest";
import { typeText } from "./type-text.ts";

it("says of a number above a bound that it is more than that, as fractions are; of a count, which one is the least", () => {
  expect(typeText({ type: "number", exclusiveMinimum: 0, maximum: 1_000 })).toBe(
    "`number`, more than 0, at most 1,000",
  );
  expect(typeText({ type: "integer", exclusiveMinimum: 0, maximum: 1_000 })).toBe("`integer`, 1 to 1,000");
  expect(typeText({ type: "integer", exclusiveMinimum: 0 })).toBe("`integer`, at least 1");
});
