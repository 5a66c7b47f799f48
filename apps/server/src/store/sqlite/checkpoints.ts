import type Database from "better-sqlite3";

/** Pages of the write-ahead log that are left to be copied into the database before it is done. */
const ENOUGH_PAGES = 1_000;

/** How often the log's length is asked for, in commits. */
const COMMITS_BETWEEN_LOOKS = 16;

interface WalState {
  /** Pages in the log; -1 where nobody can tell. */
  log: number;
  checkpointed: number;
}

/**
 * Copies the write-ahead log into the database, between commits and not within one as SQLite does by itself: nobody
 * waits for it who need not, and its errors are seen. SQLite passes over them, a failed fsync among them.
 * (https://sqlite.org/wal.html, "Automatic Checkpoint")
 */
export class Checkpoints {
  readonly #database: Database.Database;
  #commits = 0;

  /** @param database opened with `wal_autocheckpoint = 0`. */
  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** @throws SqliteError; a full disk is one that passes: the log keeps what the database has no room for. */
  afterCommit(): void {
    this.#commits += 1;
    if (this.#commits % COMMITS_BETWEEN_LOOKS !== 0) return;
    const { log, checkpointed } = this.#run("NOOP");
    if (log - checkpointed >= ENOUGH_PAGES) this.#run("PASSIVE");
  }

  /** All of it. @throws SqliteError */
  finish(): void {
    this.#run("TRUNCATE");
  }

  #run(mode: "NOOP" | "PASSIVE" | "TRUNCATE"): WalState {
    const [state] = this.#database.pragma(`wal_checkpoint(${mode})`) as [WalState];
    return state;
  }
}
