import { TrunklineError } from "@trunkline/contract";
import type { HttpContext } from "./http-env.ts";
import type { LiveStream, LiveStreams } from "./live-streams.ts";
import { allowPauses } from "./unread-answers.ts";

/** Registers the stream for as long as the connection lasts. */
export function openStream(c: HttpContext, streams: LiveStreams): LiveStream {
  const stream = streams.open(c.get("authenticated"));
  c.get("held").isStream();
  const { outgoing } = c.env;
  outgoing.once("close", () => stream.close());
  // A client that left during the token lookup fires no further event.
  if (outgoing.destroyed) stream.close();
  else allowPauses(outgoing, stream.signal);
  return stream;
}

/**
 * The body of an answer: it breaks off when the stream is closed or a piece fails, so that what was sent does not look
 * complete. The pieces are returned then, also where a client left before the first one was asked for. None is asked for
 * before the connection takes it: @hono/node-server writes the message of an error that comes earlier into the answer, and
 * ends it as if it were whole.
 */
export function sentWhile(
  stream: LiveStream,
  pieces: AsyncIterable<Uint8Array | string>,
): ReadableStream<Uint8Array> {
  const { signal } = stream;
  const reading = pieces[Symbol.asyncIterator]();
  const leave = (): void => {
    // It is being left: there is nobody to tell.
    reading.return?.().catch(() => undefined);
  };
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  return ReadableStream.from(sendAll(stream, { [Symbol.asyncIterator]: () => reading }));
}

async function* sendAll(
  { signal, close }: LiveStream,
  pieces: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted();
      yield typeof piece === "string" ? Buffer.from(piece) : piece;
    }
    signal.throwIfAborted();
  } finally {
    close();
  }
}

/** What is received: refused once the token does not hold. Whether the client is still there, it tells itself. */
export async function* receivedWhile<Piece>(
  { signal }: LiveStream,
  pieces: AsyncIterable<Piece>,
): AsyncGenerator<Piece, void> {
  for await (const piece of pieces) {
    refuseEnded(signal);
    yield piece;
  }
  refuseEnded(signal);
}

function refuseEnded({ reason }: AbortSignal): void {
  if (reason instanceof TrunklineError) throw reason;
}
