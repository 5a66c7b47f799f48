import { procedureSchemas } from "@trunkline/contract/rest";
import { expect, it } from "vitest";
import { ANSWER_SHAPES, fits, type Shape } from "./answer-shapes.ts";

type AnsweredPath = keyof typeof ANSWER_SHAPES;

it.each(Object.keys(ANSWER_SHAPES) as AnsweredPath[])(
  "relies on nothing of %s that the contract leaves open",
  (path) => {
    const { output } = procedureSchemas(path);
    expect(output).not.toBeNull();
    expect(faultsOf(output, ANSWER_SHAPES[path])).toEqual([]);
  },
);

/** Of a zod schema. */
interface Schema {
  type: string;
  shape?: Record<string, Schema>;
  element?: Schema;
  options?: readonly Schema[];
}

/** What the table calls a type of zod's. */
const NAMES: Readonly<Record<string, string>> = { enum: "string", literal: "string" };

/** Where a schema admits what does not fit. */
function faultsOf(schema: unknown, shape: Shape, at = "it"): string[] {
  const { type, shape: fields = {}, element, options } = schema as Schema;
  if (options !== undefined && type === "union") return options.flatMap((each) => faultsOf(each, shape, at));
  const name = NAMES[type] ?? type;
  if (typeof shape === "string") return name === shape ? [] : [`${at} is ${name}`];
  if (Array.isArray(shape)) {
    const [item] = shape as readonly [Shape];
    return name === "array" ? faultsOf(element, item, `${at}[]`) : [`${at} is ${name}`];
  }
  if (name !== "object") return [`${at} is ${name}`];
  return Object.entries(shape).flatMap(([field, each]) =>
    fields[field] === undefined ? [`${at} has no ${field}`] : faultsOf(fields[field], each, `${at}.${field}`),
  );
}

it("tells what fits from what does not", () => {
  const shape = { id: "string", items: [{ seq: "number" }] } as const;
  expect(fits({ id: "a", items: [{ seq: 1, more: true }], newer: null }, shape)).toBe(true);
  expect(fits({ id: "a", items: [] }, shape)).toBe(true);
  for (const other of [undefined, null, 7, "a", [], {}, { id: 1, items: [] }, { id: "a", items: [{}] }]) {
    expect(fits(other, shape)).toBe(false);
  }
});
