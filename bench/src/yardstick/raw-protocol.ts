/** Control of the raw server, besides HTTP. */
export type RawProtocol = {
  start: { request: Record<string, never>; reply: { port: number } };
  /** Fills the log of `/log/<events>`, so that replaying it reads nothing but memory. */
  fill: { request: { events: number }; reply: null };
};
