import { monotonicMicros } from "../monotonic-micros.ts";

/** A token of a paced stream, found in received text. */
export interface TokenStamp {
  /** Index in its stream, from 0. */
  index: number;
  /** When the provider wrote it, by `monotonicMicros`. */
  emittedAtUs: number;
}

/** A token that carries its own emission time: `<index>@<µs> `. ASCII that needs no JSON escapes. */
export function stampToken(index: number): string {
  return `${index}@${monotonicMicros()} `;
}

/** Finds the stamped tokens in a text, in order, however pieces were merged. */
export function readTokenStamps(text: string): TokenStamp[] {
  return Array.from(text.matchAll(/(\d+)@(\d+) /g), ([, index, emittedAtUs]) => ({
    index: Number(index),
    emittedAtUs: Number(emittedAtUs),
  }));
}
