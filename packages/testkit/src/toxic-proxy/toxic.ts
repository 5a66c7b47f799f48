/** What goes wrong on one connection. */
export type Toxic =
  /** Every chunk, in both directions, waits so long before it goes on; the order stays. */
  | { type: "delay"; ms: number }
  /** Both sides are closed once so many bytes went through: of the response, or of both directions together. */
  | { type: "cut"; afterBytes: number; of: "response" | "both" }
  /** After so many bytes of the response none follow, for a while or for ever; nothing is closed, requests go through. */
  | { type: "stall"; afterBytes: number; forMs: number }
  /** The proxy answers the request itself, with this HTTP status, and closes; the server never sees it. */
  | { type: "unavailable"; status: number; retryAfterS: number | undefined }
  /** The connection is reset as soon as it is accepted. */
  | { type: "reset" };

/** Decides what a new connection suffers; an empty list lets it be. `connection` counts from 1. */
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
  /** How likely each is, from 0 to 1; together 1 at most, and what is left is a healthy connection. */
  odds: Partial<Record<Toxic["type"], number>>;
  /** Cuts and stalls come after up to so many bytes of the response; default 20,000. */
  maxBytes?: number;
  /** Default 50. */
  maxDelayMs?: number;
  /** Default 2,000. */
  maxStallMs?: number;
}

/** At most one toxic per connection, drawn by the proxy's seed. */
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
