/** Redacts the server's own secrets. */
export interface Redactor {
  /** @returns the text with `[redacted]` in place of every secret. */
  redact(text: string): string;
  /** The same for text in pieces, however it is split. */
  stream(): RedactedStream;
}

export interface RedactedStream {
  /** @returns the safe part; a tail that may be the start of a secret is held back. */
  push(piece: string): string;
  /** @returns what was held back. */
  end(): string;
}

/** Redacts an event before it is logged; returns the same object if there is nothing to redact. */
export type RedactEvent = <Event extends { type: string; data: unknown }>(event: Event) => Event;
