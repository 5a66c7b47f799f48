/** A statement of a commit: what Kysely's `compile()` gives, and how many rows it must hit. Inside `store/` alone. */
export interface Statement {
  sql: string;
  parameters: readonly unknown[];
  /** Rows that the statement must change or return; anything else rolls the whole commit back with GuardFailedError. */
  expectRows?: number;
}

export interface WriteOptions {
  mayUseBallast?: boolean;
}

/** Runs statements in one transaction, durable when it resolves. What belongs to no log goes this way. */
export type WriteStatements = (statements: readonly Statement[], options?: WriteOptions) => Promise<void>;

/** @returns the statement without what else a compiled query holds. */
export function statement(
  compiled: { sql: string; parameters: readonly unknown[] },
  expectRows?: number,
): Statement {
  const { sql, parameters } = compiled;
  return expectRows === undefined ? { sql, parameters } : { sql, parameters, expectRows };
}
