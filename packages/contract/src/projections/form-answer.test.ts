import { describe, expect, it } from "vitest";
import type { FormField, FormValue } from "../form.ts";
import { formProblems, formValuesText, readFormValue } from "./form-answer.ts";

const field = (more: Partial<FormField>): FormField => ({
  name: "x",
  type: "text",
  required: false,
  ...more,
});
const OPTIONS = [
  { value: "a", label: "First, really" },
  { value: "b", label: "Second" },
];
const problems = (fields: FormField[], values: Record<string, FormValue>) =>
  formProblems(fields, values).map(({ field: name, message }) => `${name} ${message}`);

describe("what keeps values from being an answer to a form", () => {
  it("fields that are missing, and values of none", () => {
    const fields = [field({ name: "needed", required: true }), field({ name: "other" })];
    expect(problems(fields, { needed: "x" })).toEqual([]);
    expect(problems(fields, { toString: "x" })).toEqual([
      "toString is not in the form",
      "needed is required",
    ]);
  });

  it.each<[Partial<FormField>, FormValue, string | null]>([
    [{ type: "boolean" }, true, null],
    [{ type: "boolean" }, "true", "must be yes or no"],
    [{ type: "number", minimum: 0, maximum: 3.5 }, 3.5, null],
    [{ type: "number", maximum: 3.5 }, 4, "must be at most 3.5"],
    [{ type: "number" }, "4", "must be a number"],
    [{ type: "integer", minimum: 1 }, 0, "must be at least 1"],
    [{ type: "integer" }, 1.5, "must be a whole number"],
    [{ type: "choice", options: OPTIONS }, "a", null],
    [{ type: "choice", options: OPTIONS }, "c", "must be of: a, b"],
    [{ type: "choice", options: OPTIONS }, ["a"], "must be one of its choices"],
    [{ type: "choice", options: OPTIONS, multiple: true }, ["a", "b"], null],
    [{ type: "choice", options: OPTIONS, multiple: true }, ["a", "a"], "must name each choice once"],
    [{ type: "choice", options: OPTIONS, multiple: true, minimum: 1 }, [], "needs at least 1 choices"],
    [{ type: "choice", options: OPTIONS, multiple: true, maximum: 1 }, ["a", "b"], "takes at most 1 choices"],
    [{ minimum: 2 }, "🙂", "needs at least 2 characters"],
    [{ maximum: 1 }, "🙂", null],
    [{}, 3, "must be a text"],
    [{ format: "email" }, "ada@example.com", null],
    [{ format: "email" }, "ada", "must be an email address"],
    [{ format: "uri" }, "https://example.com/", null],
    [{ format: "uri" }, "example", "must be a URL"],
    [{ format: "date" }, "2026-02-28", null],
    [{ format: "date" }, "2026-02-30", "must be a date such as 2026-01-31"],
    [{ format: "date-time" }, "2026-01-31T12:00:00+01:00", null],
    [{ format: "date-time" }, "2026-01-31", "must be a time such as 2026-01-31T12:00:00Z"],
  ])("%j: %j", (more, value, message) => {
    expect(problems([field(more)], { x: value })).toEqual(message === null ? [] : [`x ${message}`]);
  });
});

it("what is typed is read by the field's type; what can't be read stays, to be refused", () => {
  expect(readFormValue(field({}), "  ")).toBeUndefined();
  expect(readFormValue(field({ type: "integer" }), " 42 ")).toBe(42);
  expect(readFormValue(field({ type: "integer" }), "many")).toBe("many");
  expect(readFormValue(field({ type: "boolean" }), "Y")).toBe(true);
  expect(readFormValue(field({ type: "boolean" }), "off")).toBe(false);
  expect(readFormValue(field({ type: "choice", options: OPTIONS }), "first, REALLY")).toBe("a");
  expect(readFormValue(field({ type: "choice", options: OPTIONS, multiple: true }), "2, a")).toEqual([
    "b",
    "a",
  ]);
});

it("an answer is told by the fields' titles", () => {
  const fields = [field({ title: "Name" }), field({ name: "y", type: "boolean" })];
  expect(formValuesText(fields, { x: "Ada", y: true, z: ["a", "b"] })).toBe("Name: Ada, y: yes, z: a + b");
});
