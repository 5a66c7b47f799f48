import type { ExpressionBuilder, Kysely } from "kysely";
import { GuardFailedError } from "../port.ts";
import type { BudgetKey, BudgetStore, StoredBudget } from "../ports/budgets.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";

/** How long it is remembered who was warned of a task's budget, or of a month's, in ms. */
const REMEMBERED_MS = 100 * 86_400_000;

export function createBudgetStore(db: Kysely<Database>, write: WriteStatements): BudgetStore {
  return {
    async any() {
      return (await db.selectFrom("budgets").select("id").limit(1).executeTakeFirst()) !== undefined;
    },

    async several(keys) {
      if (keys.length === 0) return [];
      const rows = await db
        .selectFrom("budgets")
        .selectAll()
        .where(({ or, and, eb }) =>
          or(keys.map(({ scope, id }) => and([eb("scope", "=", scope), eb("id", "=", id)]))),
        )
        .execute();
      return rows.map(({ scope, id, limits_json: limits }) => ({
        scope,
        id,
        ...(JSON.parse(limits) as StoredBudget),
      }));
    },

    async set({ scope, id }, budget, at, audit, was) {
      const limits = { limits_json: limitsJson(budget), updated_at: at };
      const isKnown = was !== undefined && !isNone(was);
      const isIt = ({ and, eb }: ExpressionBuilder<Database, "budgets">) =>
        and([
          eb("scope", "=", scope),
          eb("id", "=", id),
          ...(isKnown ? [eb("limits_json", "=", limitsJson(was))] : []),
        ]);
      const insert = db
        .insertInto("budgets")
        .values({ scope, id, ...limits })
        .onConflict((conflict) =>
          was === undefined ? conflict.columns(["scope", "id"]).doUpdateSet(limits) : conflict.doNothing(),
        );
      const change = isNone(budget)
        ? statement(db.deleteFrom("budgets").where(isIt).compile(), isKnown ? 1 : undefined)
        : isKnown
          ? statement(db.updateTable("budgets").set(limits).where(isIt).compile(), 1)
          : statement(insert.compile(), was === undefined ? undefined : 1);
      const warnings = db.deleteFrom("budget_warnings").where("scope", "=", scope).where("id", "=", id);
      await write([change, statement(warnings.compile()), insertAudit(db, audit)]);
    },

    async warn({ scope, id }, about, at) {
      const insert = db
        .insertInto("budget_warnings")
        .values({ scope, id, about, at })
        .onConflict((conflict) => conflict.doNothing());
      const old = db.deleteFrom("budget_warnings").where("at", "<", at - REMEMBERED_MS);
      try {
        await write([statement(insert.compile(), 1), statement(old.compile())]);
        return true;
      } catch (error) {
        if (error instanceof GuardFailedError) return false;
        throw error;
      }
    },
  };
}

function limitsJson({ total, month }: StoredBudget): string {
  return JSON.stringify({ total, month });
}

function isNone({ total, month }: StoredBudget): boolean {
  return Object.keys(total).length === 0 && Object.keys(month).length === 0;
}

/** Also for whoever deletes what it limits. */
export function deleteOf(db: Kysely<Database>, { scope, id }: BudgetKey) {
  return db.deleteFrom("budgets").where("scope", "=", scope).where("id", "=", id);
}
