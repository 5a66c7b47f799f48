import type { CommitMessage } from "./commit-message.ts";
import type { CommitResult } from "../commit.ts";

/** Requests are answered in their order. */
export type WriterRequest =
  /** `at`: integer ms since the epoch, for all of the commits. */
  | { type: "commit"; at: number; commits: CommitMessage }
  /** Copy what is in the write-ahead log into the database; nothing is committed after this. */
  | { type: "finish" }
  | { type: "close" };

export type WriterReply =
  | { type: "ready" }
  /** A result per unit, in order. */
  | { type: "committed"; results: readonly CommitResult[] }
  | { type: "finished" }
  | { type: "closed" }
  /**
   * The thread does nothing any more; comes in place of an answer, or at any time. Of a commit that waits for its
   * answer nobody knows whether it was stored. `code` is SQLite's, e.g. `SQLITE_IOERR_FSYNC`.
   */
  | { type: "broken"; code: string; message: string };
