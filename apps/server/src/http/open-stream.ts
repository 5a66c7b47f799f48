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
 * What is sent: breaks off when the stream is closed, so that what was sent does not look complete. The pieces are
 * returned then, also where a client left before the first one was asked for.
 */
export function sentWhile<Piece>(
  stream: LiveStream,
  pieces: AsyncIterable<Piece>,
): AsyncGenerator<Piece, void> {
  const { signal } = stream;
  const reading = pieces[Symbol.asyncIterator]();
  const leave = (): void => {
    // It is being left: there is nobody to tell.
    reading.return?.().catch(() => undefined);
  };
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });
  return sendAll(stream, { [Symbol.asyncIterator]: () => reading });
}

async function* sendAll<Piece>(
  { signal, close }: LiveStream,
  pieces: AsyncIterable<Piece>,
): AsyncGenerator<Piece, void> {
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted();
      yield piece;
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
