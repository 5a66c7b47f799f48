import type { HttpContext } from "./http-env.ts";
import type { LiveStream, LiveStreams } from "./live-streams.ts";

/** Registers the stream for as long as the connection lasts. */
export function openStream(c: HttpContext, streams: LiveStreams): LiveStream {
  const stream = streams.open(c.get("authenticated"));
  const { outgoing } = c.env;
  outgoing.once("close", () => stream.close());
  // A client that left during the token lookup fires no further event.
  if (outgoing.destroyed) stream.close();
  return stream;
}
