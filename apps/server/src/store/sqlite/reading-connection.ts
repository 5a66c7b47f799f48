import type Database from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { StoreUnavailableError } from "../port.ts";
import { isStatementFault, sqliteCodeOf } from "./fault.ts";
import { StatementCache } from "./statement-cache.ts";

/**
 * What Kysely reads through. Prepares a statement once and not, as Kysely would, for each execution; and a database
 * that turns out to be damaged, or a disk that cannot be read, is not just one query's failure.
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
      // A statement that is iterated is busy until the end, so it is not one of the shared.
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
