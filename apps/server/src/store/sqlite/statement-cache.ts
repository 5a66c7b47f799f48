import type Database from "better-sqlite3";

/** There are few, fixed statement texts; the bound is for exceptions. */
const MAX_STATEMENTS = 500;

/** Prepares each statement text once. */
export class StatementCache {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** The statement is shared: finish with it before anybody else can ask for it. */
  get(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** @returns rows changed, or rows returned by a statement that returns rows. */
  run(sql: string, parameters: readonly unknown[]): number {
    const statement = this.get(sql);
    return statement.reader ? statement.all(parameters).length : statement.run(parameters).changes;
  }
}
