import { expect, it } from "vitest";
import { lineInView } from "./line-in-view.ts";

it("is the first that begins in what is visible, else the one that goes on there", () => {
  expect(lineInView([1, 2, 5, 9], 2, 8)).toBe(1);
  expect(lineInView([1, 2, 5, 9], 6, 8)).toBe(2);
  expect(lineInView([7], 2, 3)).toBe(-1);
  expect(lineInView([1], null, 8)).toBe(-1);
});
