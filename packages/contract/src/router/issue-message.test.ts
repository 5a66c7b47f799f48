import { expect, it } from "vitest";
import { z } from "zod";
import { issueMessage } from "./issue-message.ts";

const said = (schema: z.ZodType, input: unknown) => schema.safeParse(input).error?.issues.map(issueMessage);

it.each([
  ["a long text", z.string().max(64), "x".repeat(5_000), "At most 64 characters"],
  ["an empty text", z.string().min(1), "", "Must not be empty"],
  ["a short text", z.string().min(8), "x", "At least 8 characters"],
  ["a long list", z.array(z.string()).max(2), ["a", "b", "c"], "At most 2 items"],
  ["an empty list", z.array(z.string()).min(1), [], "Must not be empty"],
  ["a large number", z.int().max(200), 500, "At most 200"],
  ["a number that must be larger", z.number().positive(), 0, "More than 0"],
  ["no choice", z.enum(["a", "b"]), "c", 'Use "a" or "b"'],
  ["no id", z.uuid(), "01a2", "Not a UUID: give the whole id"],
  ["a missing field", z.string(), undefined, "Required"],
  ["another type", z.string(), 5, "Expected string, received number"],
  ["what a schema says itself", z.string().max(1, "Too long for a flag"), "xx", "Too long for a flag"],
])("says of %s what to do", (_, schema, input, message) => {
  expect(said(schema, input)).toEqual([message]);
});
