import type Database from "better-sqlite3";

/** Checkpoint when the write-ahead log has this many pages. */
const ENOUGH_PAGES = 1_000;

/** Interval of checking the log's length, in commits. */
const COMMITS_BETWEEN_LOOKS = 16;

interface WalState {
  /** Pages in the log; -1 if unknown. */
  log: number;
  checkpointed: number;
}

/**
 * Checkpoints the write-ahead log between commits, not within one as SQLite does: nobody has to wait for it, and its
 * errors are visible. SQLite ignores them, even a failed fsync. (https://sqlite.org/wal.html, "Automatic Checkpoint")
 */
export class Checkpoints {
  readonly #database: Database.Database;
  #commits = 0;

  /** @param database opened with `wal_autocheckpoint = 0`. */
  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** @throws SqliteError; not for a full disk, which passes: the log keeps what the database has no space for. */
  afterCommit(): void {
    this.#commits += 1;
    if (this.#commits % COMMITS_BETWEEN_LOOKS !== 0) return;
    const { log, checkpointed } = this.#run("NOOP");
    if (log - checkpointed >= ENOUGH_PAGES) this.#run("PASSIVE");
  }

  /** Checkpoints everything. @throws SqliteError */
  finish(): void {
    this.#run("TRUNCATE");
  }

  #run(mode: "NOOP" | "PASSIVE" | "TRUNCATE"): WalState {
    const [state] = this.#database.pragma(`wal_checkpoint(${mode})`) as [WalState];
    return state;
  }
}
