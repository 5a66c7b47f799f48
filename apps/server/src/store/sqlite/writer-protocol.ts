import type { PlainUnit, UnitResult } from "./commit-units.ts";

/** One request is answered before the next is sent. */
export type WriterRequest = { type: "commit"; units: readonly PlainUnit[] } | { type: "close" };

export type WriterReply =
  | { type: "ready" }
  | { type: "committed"; results: readonly UnitResult[] }
  /** Nothing of the batch was stored. `code` is SQLite's, e.g. `SQLITE_FULL`. */
  | { type: "failed"; code: string; message: string }
  | { type: "closed" };
