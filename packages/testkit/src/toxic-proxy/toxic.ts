/** What goes wrong on one connection. */
export type Toxic =
  /** Delays every chunk in both directions; the order stays. */
  | { type: "delay"; ms: number }
  /** Closes both sides after this many bytes: of the response, or of both directions together. */
  | { type: "cut"; afterBytes: number; of: "response" | "both" }
  /**
   * After this many bytes of the response nothing follows, for a while or for ever; nothing is closed, requests pass.
   */
  | { type: "stall"; afterBytes: number; forMs: number }
  /** The proxy itself responds with this HTTP status and closes; the server never sees the request. */
  | { type: "unavailable"; status: number; retryAfterS: number | undefined }
  /** The connection is reset as soon as it is accepted. */
  | { type: "reset" };

/** Decides what happens to a new connection; an empty list: nothing. `connection` counts from 1. */
export type ToxicChoice = (connection: number, random: () => number) => readonly Toxic[];

export const delayed = (ms: number): Toxic => ({ type: "delay", ms });
export const cutAfter = (afterBytes: number, of: "response" | "both" = "response"): Toxic => ({
  type: "cut",
  afterBytes,
  of,
});
export const stalledAfter = (afterBytes: number, forMs = Number.POSITIVE_INFINITY): Toxic => ({
  type: "stall",
  afterBytes,
  forMs,
});
export const unavailable = (status = 503, retryAfterS?: number): Toxic => ({
  type: "unavailable",
  status,
  retryAfterS,
});
export const connectionReset: Toxic = { type: "reset" };

export const healthy: ToxicChoice = () => [];

export interface RandomToxicsOptions {
  /** Probability of each, from 0 to 1; together 1 at most, the rest is healthy connections. */
  odds: Partial<Record<Toxic["type"], number>>;
  /** Cuts and stalls come after up to this many bytes of the response; default 20,000. */
  maxBytes?: number;
  /** Default 50. */
  maxDelayMs?: number;
  /** Default 2,000. */
  maxStallMs?: number;
}

/** At most one toxic per connection, drawn with the proxy's seed. */
export function randomToxics(options: RandomToxicsOptions): ToxicChoice {
  const { odds, maxBytes = 20_000, maxDelayMs = 50, maxStallMs = 2_000 } = options;
  return (_connection, random) => {
    let draw = random();
    const upTo = (max: number): number => Math.floor(random() * max);
    const happens = (type: Toxic["type"]): boolean => {
      draw -= odds[type] ?? 0;
      return draw < 0;
    };
    if (happens("cut")) return [cutAfter(upTo(maxBytes))];
    if (happens("stall")) return [stalledAfter(upTo(maxBytes), upTo(maxStallMs))];
    if (happens("unavailable")) return [unavailable()];
    if (happens("reset")) return [connectionReset];
    if (happens("delay")) return [delayed(upTo(maxDelayMs))];
    return [];
  };
}
