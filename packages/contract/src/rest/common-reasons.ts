import type { ErrorReason } from "../error.ts";
import { PROCEDURE_PATHS, procedureSchemas } from "./procedure-schemas.ts";
import type { ProcedurePath, RestRoute } from "./route.ts";
import { REST_ROUTES } from "./routes.ts";

/** Reasons that anything can be refused for. Routes name only what they have besides. */
export const COMMON_REASONS = [
  "validation_failed",
  "unauthorized",
  "forbidden",
  "rate_limited",
  "unavailable",
  "internal",
] as const satisfies ErrorReason[];

/** Besides those, of whatever changes something: it may have a body, and needs room on the disk. */
export const COMMON_REASONS_OF_CHANGES = [
  "payload_too_large",
  "unsupported_media_type",
  "storage_full",
] as const satisfies ErrorReason[];

/** @returns all that an operation with these reasons of its own can be refused for, common ones first */
export function withCommonReasons(
  reasons: Iterable<ErrorReason>,
  { changes }: { changes: boolean },
): ReadonlySet<ErrorReason> {
  return new Set([...COMMON_REASONS, ...(changes ? COMMON_REASONS_OF_CHANGES : []), ...reasons]);
}

/** @returns all that a procedure can be refused for; undefined where there is none of that name */
export function reasonsOf(procedure: string): ReadonlySet<ErrorReason> | undefined {
  if (!isProcedure(procedure)) return undefined;
  const { reasons }: RestRoute = REST_ROUTES[procedure];
  return withCommonReasons(reasons, { changes: procedureSchemas(procedure).kind === "mutation" });
}

function isProcedure(name: string): name is ProcedurePath {
  return (PROCEDURE_PATHS as readonly string[]).includes(name);
}
