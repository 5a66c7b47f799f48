import type Database from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { StoreUnavailableError } from "../port.ts";
import { isStatementFault, sqliteCodeOf } from "./fault.ts";
import { StatementCache } from "./statement-cache.ts";

/**
 * Kysely's connection for reads. Prepares each statement once rather than, like Kysely, on each execution; and treats a
 * damaged database or unreadable disk as more than a failed query.
 */
export class ReadingConnection implements SqliteDatabase {
  readonly #database: Database.Database;
  readonly #statements: StatementCache;
  readonly #onBroken: (error: StoreUnavailableError) => void;

  constructor(database: Database.Database, onBroken: (error: StoreUnavailableError) => void) {
    this.#database = database;
    this.#statements = new StatementCache(database);
    this.#onBroken = onBroken;
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#watch(() => this.#statements.get(sql));
    return {
      reader: statement.reader,
      all: (parameters) => this.#watch(() => statement.all(parameters)),
      run: (parameters) => this.#watch(() => statement.run(parameters)),
      // A statement being iterated is busy until the end, so it can't be shared.
      iterate: (parameters) => this.#watch(() => this.#database.prepare(sql).iterate(parameters)),
    };
  }

  close(): void {
    this.#database.close();
  }

  #watch<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (isStatementFault(error)) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      const broken = new StoreUnavailableError(
        "unavailable",
        `The database cannot be read (${sqliteCodeOf(error)}: ${detail})`,
        { cause: error },
      );
      this.#onBroken(broken);
      throw broken;
    }
  }
}
