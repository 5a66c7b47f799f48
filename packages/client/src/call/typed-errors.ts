import type { TRPCClientError, TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { AppRouter } from "@trunkline/contract";
import { isApiError, TrunklineApiError } from "../api-error.ts";
import { TrunklineConnectionError } from "../connection-error.ts";
import { readErrorShape } from "../error-shape.ts";
import { readRetryAfterMs } from "../answer-headers.ts";

/** A tRPC link that turns failed calls into this package's two error types. Aborted calls are left alone. */
export const typedErrors: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (value) => observer.next(value),
        error: (error) => observer.error(op.signal?.aborted === true ? error : toTypedError(error)),
        complete: () => observer.complete(),
      }),
    );

function toTypedError(error: TRPCClientError<AppRouter>): TRPCClientError<AppRouter> {
  if (isApiError(error) || error instanceof TrunklineConnectionError) return error;
  const response: unknown = error.meta?.["response"];
  if (!(response instanceof Response)) return new TrunklineConnectionError(error.message, error);
  if (response.ok && error.shape === undefined) {
    return new TrunklineConnectionError("The response is not from a Trunkline server", error);
  }
  return new TrunklineApiError(readErrorShape(error.shape ?? error.meta?.["responseJSON"], response.status), {
    retryAfterMs: readRetryAfterMs(response.headers),
    cause: error,
  });
}
