/** Takes the server's own secrets out of what others will see. */
export interface Redactor {
  /** @returns the text with `[redacted]` in place of every secret. */
  redact(text: string): string;
  /** The same for a text that comes in pieces, wherever it is cut. */
  stream(): RedactedStream;
}

export interface RedactedStream {
  /** @returns what can be told by now: the end may wait, where it looks like the beginning of a secret. */
  push(piece: string): string;
  /** @returns what is still waiting. */
  end(): string;
}

/** Takes secrets out of an event on its way into the log; the very same event where it holds none. */
export type RedactEvent = <Event extends { type: string; data: unknown }>(event: Event) => Event;
