import { describe, expect, it } from "vitest";
import { readSchemaComments } from "./schema-comments.ts";

describe("comments of schemas", () => {
  it("are found at constants, at their fields and at the fields of those", () => {
    expect(
      readSchemaComments([
        `/** A thing. */
         export const Thing = z.strictObject({
           /**
            * Two
            * lines.
            */
           a: z.string(),
           /** Outer. */
           b: z.array(z.strictObject({ /** Inner. */ c: z.int() })).max(3).optional(),
           // Not for readers.
           d: z.int(),
           "e.f": z.int(),
         });`,
      ]),
    ).toEqual({ Thing: "A thing.", "Thing/a": "Two lines.", "Thing/b": "Outer.", "Thing/b/c": "Inner." });
  });

  it("come along where a schema is made of others", () => {
    const comments = readSchemaComments([
      `export const Base = z.strictObject({ /** Kept. */ a: z.string() });
       const Part = z.strictObject({ /** Local. */ p: z.string() });
       export const Other = z.strictObject({ /** Own name. */ o: z.string() });`,
      `export const More = Base.omit({ x: true }).extend({ /** Added. */ b: z.string(), part: Part, other: Other.nullable() });`,
    ]);
    expect(comments).toMatchObject({ "More/a": "Kept.", "More/b": "Added." });
    expect(comments["More/other/o"]).toBeUndefined();
  });

  it("are found in tables of schemas, through parts that are not exported", () => {
    expect(
      readSchemaComments([
        `const Block = z.strictObject({ /** Which. */ blockId: z.string() });
         export const TASK_EVENTS = { /** A piece. */ "text.delta": Block, notice: z.strictObject({}) } as const;`,
      ]),
    ).toEqual({ "TASK_EVENTS/text.delta": "A piece.", "TASK_EVENTS/text.delta/blockId": "Which." });
  });

  it("are only those right before", () => {
    expect(
      readSchemaComments([`/** About the file. */\nimport { z } from "zod";\nexport const A = z.string();`]),
    ).toEqual({});
  });

  it("need sources that can be parsed", () => {
    expect(() => readSchemaComments(["const ="])).toThrow(/cannot be parsed/);
  });
});
