import type { NamedSchemas } from "./json-schemas.ts";
import { pathParameters, type RestOperation } from "./operations.ts";
import { procedureSchemas } from "./procedure-schemas.ts";
import type { ProcedurePath } from "./route.ts";
import type { JsonSchema } from "./tidy-schema.ts";

export interface OpenApiParameter {
  name: string;
  in: "path" | "query" | "header";
  required?: true;
  description?: string;
  schema: JsonSchema;
}

/** Path parameters, plus query parameters for routes without a body. */
export function openApiParameters(operation: RestOperation, schemas: NamedSchemas): OpenApiParameter[] {
  const { path, call, stream } = operation;
  const inPath = pathParameters(path);
  const parameters = new Map<string, OpenApiParameter>();
  for (const procedure of [call, stream]) {
    const input = procedure === null ? null : inputOf(procedure, schemas);
    for (const [name, field] of Object.entries(input?.properties ?? {})) {
      if (typeof field === "boolean" || (takesBody(operation) && !inPath.includes(name))) continue;
      const { description, ...schema } = field;
      parameters.set(name, {
        name,
        in: inPath.includes(name) ? "path" : "query",
        ...(input?.required?.includes(name) === true && { required: true }),
        ...(description !== undefined && { description }),
        schema,
      });
    }
  }
  const lastEventId = parameters.get("lastEventId");
  if (lastEventId !== undefined) {
    const description = "The same as `lastEventId`, sent by EventSource; overrides the query.";
    parameters.set("Last-Event-ID", { ...lastEventId, name: "Last-Event-ID", in: "header", description });
  }
  return [...parameters.values()];
}

/** @returns the input fields that go into the body; null if there are none or the query holds them */
export function openApiBody(operation: RestOperation, schemas: NamedSchemas): JsonSchema | null {
  const { path, call } = operation;
  const input = call === null || !takesBody(operation) ? null : inputOf(call, schemas);
  const inPath = new Set(pathParameters(path));
  const properties = Object.entries(input?.properties ?? {}).filter(([name]) => !inPath.has(name));
  if (input === null || properties.length === 0) return null;
  const { required: all = [], ...rest } = input;
  const required = all.filter((name) => !inPath.has(name));
  return { ...rest, properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) };
}

function takesBody({ method }: RestOperation): boolean {
  return method === "POST" || method === "PATCH";
}

function inputOf(procedure: ProcedurePath, schemas: NamedSchemas): JsonSchema | null {
  const { input } = procedureSchemas(procedure);
  return input === null ? null : schemas.input(input);
}
