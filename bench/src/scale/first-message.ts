import { monotonicMicros } from "@trunkline/testkit";
import { isData } from "../reader/frame-fields.ts";
import { SseConnection, type SseRequest } from "../reader/sse-connection.ts";

/** @returns ms from the request to the first message of a stream, which is then closed. */
export async function firstMessageMs(request: SseRequest): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const startedAtUs = monotonicMicros();
  const connection = new SseConnection(request, {
    onFrame: (frame) => {
      if (isData(frame)) resolve(monotonicMicros());
    },
    onEnd: reject,
  });
  try {
    return ((await promise) - startedAtUs) / 1_000;
  } finally {
    connection.close();
  }
}
