import { expect, it } from "vitest";
import { LOST_ERROR_MESSAGE, outputOf, readToolError } from "./tool-error.ts";

it.each([undefined, null, "", false])("is none: %j", (error) => {
  expect(readToolError(error)).toBeNull();
});

it.each([
  ["boom", "boom"],
  [{ message: "boom" }, "boom"],
  [{ error: "boom" }, "boom"],
  [{ error: { message: "boom" } }, "boom"],
  [{ message: "", error: "boom" }, "boom"],
  [{}, ""],
  [{ message: "" }, ""],
  [{ message: null, error: {} }, ""],
  [{ Op: "open", Path: "/x" }, '{"Op":"open","Path":"/x"}'],
  [["a"], '["a"]'],
  [17, "17"],
])("reads %j", (error, message) => {
  expect(readToolError(error)).toEqual({ message });
});

it.each([
  ["out", null, "out"],
  ["", "boom", "boom"],
  ["out\n", "boom", "out\nboom"],
  ["it went boom", "boom", "it went boom"],
  ["out", "", "out"],
  ["", "", LOST_ERROR_MESSAGE],
])("puts output %j and error %j together", (output, message, whole) => {
  expect(outputOf(output, message === null ? null : { message })).toBe(whole);
});
