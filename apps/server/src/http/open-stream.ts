import type { HttpContext } from "./http-env.ts";
import type { LiveStream, LiveStreams } from "./live-streams.ts";

/** Counts the stream in; it lasts as long as the connection. */
export function openStream(c: HttpContext, streams: LiveStreams): LiveStream {
  const stream = streams.open(c.get("authenticated"));
  const { outgoing } = c.env;
  outgoing.once("close", () => stream.close());
  // Whoever left while the token was looked up will not leave again.
  if (outgoing.destroyed) stream.close();
  return stream;
}
