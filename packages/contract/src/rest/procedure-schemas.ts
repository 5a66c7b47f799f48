import { z } from "zod";
import { appRouter } from "../router.ts";
import type { ProcedurePath } from "./route.ts";

export interface ProcedureSchemas {
  kind: "query" | "mutation" | "subscription";
  /** Null if the procedure takes no input. */
  input: z.ZodObject<Record<string, z.ZodType>> | null;
  /** Null for streams, whose events were validated when stored. */
  output: z.ZodType | null;
}

/** tRPC internals that its types don't expose. */
interface Definition {
  type: ProcedureSchemas["kind"];
  inputs: unknown[];
  output?: unknown;
}

export const PROCEDURE_PATHS = Object.keys(appRouter._def.procedures) as ProcedurePath[];

/** @throws Error for a procedure that REST can't carry */
export function procedureSchemas(path: ProcedurePath): ProcedureSchemas {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: Definition }>;
  const definition = procedures[path]?._def;
  if (definition === undefined) throw new Error(`There is no procedure ${path}`);
  const [input = null, ...more] = definition.inputs;
  const output = definition.output ?? null;
  if (more.length > 0 || !(input === null || isObject(input))) {
    throw new Error(`${path} does not take one object`);
  }
  if (!(output === null || output instanceof z.ZodType)) throw new Error(`${path} answers no zod schema`);
  return { kind: definition.type, input, output };
}

function isObject(schema: unknown): schema is z.ZodObject<Record<string, z.ZodType>> {
  return schema instanceof z.ZodObject;
}
