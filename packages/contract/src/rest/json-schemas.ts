import { z } from "zod";
import * as contract from "../schemas.ts";
import { ErrorBody } from "./error-body.ts";
import { eventSchemaName } from "./event-schema-name.ts";
import { described, descriptionOf, type JsonSchema, tidySchema } from "./tidy-schema.ts";

/** Where the document keeps named schemas. */
const COMPONENTS = "#/components/schemas/";

/** The contract's schemas as JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export interface NamedSchemas {
  /** A reference to an output, which may gain fields. @throws Error if schemas.ts does not export it */
  answer(schema: z.ZodType): JsonSchema;
  /** An input in full, as strict as the server is. @throws Error if schemas.ts does not export it */
  input(schema: z.ZodObject): JsonSchema;
  /** All schemas referenced so far, by name. */
  components(): Record<string, JsonSchema>;
}

type Schemas = Record<string, JsonSchema>;

export function createNamedSchemas(): NamedSchemas {
  const names = z.registry<{ id: string }>();
  const simple = z.registry<{ description: string }>();
  for (const [name, schema] of Object.entries({ ...contract, ErrorBody })) {
    if (!(schema instanceof z.ZodType)) continue;
    const description = descriptionOf(name);
    if (isStructured(schema)) names.add(schema, { id: name });
    else if (description !== undefined) simple.add(schema, { description });
  }
  for (const [type, schema] of eventSchemas()) names.add(schema, { id: eventSchemaName(type) });

  const convert = (io: "input" | "output"): Schemas => {
    const { schemas } = z.toJSONSchema(names, {
      io,
      metadata: simple,
      uri: (id) => COMPONENTS + id,
      // Only inputs have transforms, and they are converted as received.
      unrepresentable: io === "input" ? "throw" : "any",
    });
    return Object.fromEntries(
      Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [
        name,
        described(tidySchema(schema, { path: name, open: io === "output" }), name),
      ]),
    );
  };
  const answers = withDiscriminator(convert("output"));
  const inputs = convert("input");
  // It is recursive, which generators can't follow, and adds nothing.
  for (const schemas of [answers, inputs]) schemas["Json"] = described({}, "Json");

  const used: Schemas = {};
  const use = (schema: JsonSchema, from: Schemas): JsonSchema => {
    for (const name of referredTo(schema)) {
      const component = from[name];
      // A schema used in both directions is described as an output.
      if (component === undefined || used[name] === component || (from === inputs && name in used)) continue;
      used[name] = component;
      use(component, from);
    }
    return schema;
  };
  const idOf = (schema: z.ZodType): string => {
    const id = names.get(schema)?.id;
    if (id === undefined) throw new Error("What a procedure takes and answers is exported from schemas.ts");
    return id;
  };
  return {
    answer: (schema) => use({ $ref: COMPONENTS + idOf(schema) }, answers),
    input: (schema) => use(inputs[idOf(schema)] ?? {}, inputs),
    components: () => Object.fromEntries(Object.entries(used).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Whether it is referenced by name; plain strings and numbers are inlined. */
function isStructured(schema: z.ZodType): boolean {
  return ["object", "enum", "union", "lazy"].includes(schema.def.type);
}

function eventSchemas(): [type: string, schema: z.ZodType][] {
  const { options } = contract.SessionEvent as unknown as z.ZodDiscriminatedUnion<
    z.ZodObject<{ type: z.ZodLiteral<string> }>[]
  >;
  return options.map((schema) => [schema.shape.type.value, schema]);
}

/** Tells generators which field discriminates the events. */
function withDiscriminator(schemas: Schemas): Schemas {
  const mapping = Object.fromEntries(
    eventSchemas().map(([type]) => [type, COMPONENTS + eventSchemaName(type)]),
  );
  return {
    ...schemas,
    SessionEvent: { ...schemas["SessionEvent"], discriminator: { propertyName: "type", mapping } },
  };
}

function referredTo(schema: JsonSchema): Set<string> {
  const refs = JSON.stringify(schema).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
  return new Set(Array.from(refs, ([, name = ""]) => name));
}
