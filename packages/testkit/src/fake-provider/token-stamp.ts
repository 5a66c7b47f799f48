import { monotonicMicros } from "../monotonic-micros.ts";

/** One token of a paced stream, as it was found in received text. */
export interface TokenStamp {
  /** Position in its stream, from 0. */
  index: number;
  /** When the provider wrote it, on the clock of `monotonicMicros`. */
  emittedAtUs: number;
}

/** The text of a token that carries its own emission time: `<index>@<µs> `. ASCII that JSON leaves as it is. */
export function stampToken(index: number): string {
  return `${index}@${monotonicMicros()} `;
}

/** Finds the stamped tokens in text, in order, however the pieces were merged on their way. */
export function readTokenStamps(text: string): TokenStamp[] {
  return Array.from(text.matchAll(/(\d+)@(\d+) /g), ([, index, emittedAtUs]) => ({
    index: Number(index),
    emittedAtUs: Number(emittedAtUs),
  }));
}
