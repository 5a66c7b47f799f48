import { TrunklineApiError } from "../api-error.ts";
import type { Connection } from "../connection.ts";
import { TrunklineConnectionError } from "../connection-error.ts";
import { readErrorShape } from "../error-shape.ts";
import { mediaTypeOf, readRetryAfterMs } from "../answer-headers.ts";

/**
 * The `fetch` used for calls. It resolves only with what tRPC can parse; everything else becomes a typed error here,
 * where the HTTP status is still known.
 */
export function answeredFetch(
  connection: Connection,
): (...request: Parameters<typeof fetch>) => Promise<Response> {
  return async (url, init) => {
    const response = await connection.fetch(url, init).catch((error: unknown) => {
      throw init?.signal?.aborted === true ? error : TrunklineConnectionError.of(error);
    });
    if (mediaTypeOf(response) === "application/json") return response;
    await response.body?.cancel();
    if (response.ok) throw new TrunklineConnectionError("The response is not from a Trunkline server");
    throw new TrunklineApiError(readErrorShape(null, response.status), {
      retryAfterMs: readRetryAfterMs(response.headers),
    });
  };
}
