/**
 * A statement of a commit: the result of Kysely's `compile()`, and how many rows it must affect. Only within `store/`.
 */
export interface Statement {
  sql: string;
  parameters: readonly unknown[];
  /**
   * Rows that the statement must change or return; any other number rolls back the whole commit with GuardFailedError.
   */
  expectRows?: number;
}

export interface WriteOptions {
  mayUseBallast?: boolean;
}

/** Runs statements in one transaction, durable when it resolves. For changes outside any log. */
export type WriteStatements = (statements: readonly Statement[], options?: WriteOptions) => Promise<void>;

/** @returns the statement without the rest of a compiled query. */
export function statement(
  compiled: { sql: string; parameters: readonly unknown[] },
  expectRows?: number,
): Statement {
  const { sql, parameters } = compiled;
  return expectRows === undefined ? { sql, parameters } : { sql, parameters, expectRows };
}
