import { PROCEDURE_PATHS, procedureSchemas } from "./procedure-schemas.ts";
import type { ProcedurePath, RestMethod } from "./route.ts";
import { REST_ROUTES } from "./routes.ts";

/** What one method and path does: a call, a stream, or either, depending on `Accept`. */
export interface RestOperation {
  method: RestMethod;
  /** Relative to `REST_ROOT`, with parameters in braces. */
  path: string;
  call: ProcedurePath | null;
  stream: ProcedurePath | null;
}

/** @throws Error if two procedures of one kind claim the same method and path */
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

/** @returns the parameters in a path */
export function pathParameters(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
}
