import { z } from "zod";
import { ERROR_CODES, type ErrorData, type ErrorReason } from "../error.ts";

/** The body of every error, whichever layer sent it. */
export const ErrorBody = z.strictObject({
  error: z.strictObject({
    /** What went wrong, and what to do. For people. */
    message: z.string(),
    /** The number that JSON-RPC has for `data.code`. */
    code: z.int(),
    /** For programs. */
    data: z.strictObject({
      /** Name of the HTTP status. */
      code: z.string(),
      httpStatus: z.int(),
      /** What went wrong: branch on this. */
      reason: z.enum(Object.keys(ERROR_CODES) as ErrorReason[]),
      /** The procedure that refused; absent where HTTP did. */
      path: z.string().optional(),
      /** With `validation_failed`: which fields are wrong, and how. */
      issues: z
        .array(
          z.strictObject({
            /** Names and indexes on the way to the field; empty: the input itself. */
            path: z.array(z.union([z.string(), z.number()])),
            message: z.string(),
          }),
        )
        .optional(),
    }),
  }),
}) satisfies z.ZodType<{ error: { message: string; code: number; data: ErrorData } }>;
