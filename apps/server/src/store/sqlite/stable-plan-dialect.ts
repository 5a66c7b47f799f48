import { type QueryCompiler, SqliteDialect, SqliteQueryCompiler } from "kysely";

/**
 * SQLite's statements as Kysely writes them, but for the placeholders: `+?` instead of `?`.
 *
 * A SQLite with STAT4, as better-sqlite3 builds it, notes which parameters its planner has compared with something, and
 * prepares the statement anew whenever one of them is bound to another value: with every join and every partial index, so
 * on each execution, which takes ten times as long as the query itself. It does not look behind the sign, which changes
 * neither value nor affinity. The switch made for this, SQLITE_DBCONFIG_ENABLE_QPSG, cannot be reached from here.
 */
export class StablePlanDialect extends SqliteDialect {
  override createQueryCompiler(): QueryCompiler {
    return new StablePlanCompiler();
  }
}

class StablePlanCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return "+?";
  }
}
