import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { ERROR_CODES, type ErrorReason } from "../error.ts";
import type { JsonSchema } from "./tidy-schema.ts";

/** By media type. */
export type OpenApiContent = Record<string, { schema: JsonSchema; example?: unknown }>;

export interface OpenApiResponse {
  description: string;
  content: OpenApiContent;
}

export function jsonContent(schema: JsonSchema, example?: unknown): OpenApiContent {
  return { "application/json": { schema, ...(example !== undefined && { example }) } };
}

/** Reasons that any route can refuse for. */
const ALWAYS: ErrorReason[] = ["validation_failed", "unauthorized", "forbidden", "internal", "unavailable"];
const WITH_BODY: ErrorReason[] = ["payload_too_large", "unsupported_media_type", "storage_full"];

/** @param reasons specific to the route. @returns its error responses by HTTP status */
export function refusals(
  reasons: Iterable<ErrorReason>,
  { takesBody }: { takesBody: boolean },
): Record<string, OpenApiResponse> {
  const byStatus: Record<number, Set<ErrorReason>> = {};
  for (const reason of [...ALWAYS, ...(takesBody ? WITH_BODY : []), ...reasons]) {
    (byStatus[httpStatusOf(reason)] ??= new Set()).add(reason);
  }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, ofStatus]) => [
      status,
      {
        description: Array.from(ofStatus, (reason) => `\`${reason}\``).join(", "),
        content: jsonContent({ $ref: "#/components/schemas/ErrorBody" }),
      },
    ]),
  );
}

/** @returns the HTTP status for this reason */
export function httpStatusOf(reason: ErrorReason): number {
  return getHTTPStatusCodeFromError(new TRPCError({ code: ERROR_CODES[reason] }));
}
