import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { ERROR_CODES, type ErrorReason } from "../error.ts";
import { withCommonReasons } from "./common-reasons.ts";
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

/**
 * @param reasons specific to the route
 * @param changes whether it changes something: any method but GET
 * @returns its error responses by HTTP status
 */
export function refusals(
  reasons: Iterable<ErrorReason>,
  { changes }: { changes: boolean },
): Record<string, OpenApiResponse> {
  const byStatus: Record<number, Set<ErrorReason>> = {};
  for (const reason of withCommonReasons(reasons, { changes })) {
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
