import type { CommitMessage } from "./commit-message.ts";
import type { CommitResult } from "../commit.ts";

/** Requests are answered in order. */
export type WriterRequest =
  /** `at`: integer ms since the epoch, for all commits. */
  | { type: "commit"; at: number; commits: CommitMessage }
  /** Checkpoints the write-ahead log into the database; nothing is committed after this. */
  | { type: "finish" }
  | { type: "close" };

export type WriterReply =
  | { type: "ready" }
  /** A result per unit, in order. */
  | { type: "committed"; results: readonly CommitResult[] }
  | { type: "finished" }
  | { type: "closed" }
  /**
   * The thread has stopped; sent instead of an answer, or at any time. Whether a commit in flight was stored is
   * unknown. `code` is SQLite's, e.g. `SQLITE_IOERR_FSYNC`.
   */
  | { type: "broken"; code: string; message: string };
