import { PROCEDURE_PATHS, procedureSchemas } from "./procedure-schemas.ts";
import type { ProcedurePath, RestMethod } from "./route.ts";
import { REST_ROUTES } from "./routes.ts";

/** What one method of one path does: a call, a stream, or either, by what the request accepts. */
export interface RestOperation {
  method: RestMethod;
  /** Below `REST_ROOT`, with names in braces. */
  path: string;
  call: ProcedurePath | null;
  stream: ProcedurePath | null;
}

/** @throws Error where two procedures of one kind want the same method of the same path */
export function restOperations(): RestOperation[] {
  const operations = new Map<string, RestOperation>();
  for (const procedure of PROCEDURE_PATHS) {
    const { method, path } = REST_ROUTES[procedure];
    const kind = procedureSchemas(procedure).kind === "subscription" ? "stream" : "call";
    const known = operations.get(`${method} ${path}`) ?? { method, path, call: null, stream: null };
    if (known[kind] !== null) throw new Error(`${known[kind]} and ${procedure} are both ${method} ${path}`);
    operations.set(`${method} ${path}`, { ...known, [kind]: procedure });
  }
  return [...operations.values()];
}

/** @returns the names in braces of a path */
export function pathParameters(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
}
