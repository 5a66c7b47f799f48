import { addCounts } from "@trunkline/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Spending, UsageOf, UsageStore } from "../ports/usage.ts";
import type { Database } from "../schema.ts";

/** In floating point: as whole numbers, a sum of what logs may hold leaves the range of either engine. */
const sum = (of: RawBuilder<unknown>) => sql<number>`coalesce(sum(cast(${of} as double precision)), 0.0)`;

const SPENT = {
  steps: sql<number>`cast(count(*) as double precision)`,
  tokens: sum(sql`input_tokens + output_tokens`),
  workedMs: sum(sql`worked_ms`),
  costUsd: sum(sql`cost_usd`),
};

const SUMS = {
  steps: SPENT.steps,
  inputTokens: sum(sql`input_tokens`),
  outputTokens: sum(sql`output_tokens`),
  cachedInputTokens: sum(sql`cached_input_tokens`),
  costUsd: SPENT.costUsd,
  unpricedSteps: sum(sql`case when cost_usd is null then 1 else 0 end`),
};

/** Whole numbers that every client reads exactly; the costs are none. */
function bounded<Row extends Readonly<Record<string, unknown>>>(row: Row): Row {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === "number" && name !== "costUsd" ? addCounts(value, 0) : value,
  ]);
  return Object.fromEntries(entries) as Row;
}

const COLUMNS = { session: "session_id", model: "model", user: "owner_id", project: "project_id" } as const;

const NOTHING: Spending = { steps: 0, tokens: 0, workedMs: 0, costUsd: 0 };

export function createUsageStore(db: Kysely<Database>): UsageStore {
  const spending = () =>
    db
      .selectFrom("usage")
      .select([
        SPENT.steps.as("steps"),
        SPENT.tokens.as("tokens"),
        SPENT.workedMs.as("workedMs"),
        SPENT.costUsd.as("costUsd"),
      ]);

  return {
    async spent(of, { from, to }) {
      let query = spending().where(whose(of)).where("at", ">=", from);
      if (to !== undefined) query = query.where("at", "<", to);
      return bounded(await query.executeTakeFirstOrThrow());
    },

    ofTask: async ({ sessionId, taskId }) =>
      bounded(
        await spending()
          .where("session_id", "=", sessionId)
          .where("task_id", "=", taskId)
          .executeTakeFirstOrThrow(),
      ),

    async ofDescendants(of, from = 0) {
      const started =
        "taskId" in of
          ? sql`parent_task_id = ${of.taskId}`
          : sql`parent_task_id in (select id from tasks where session_id = ${of.sessionId})`;
      const { rows } = await sql<{ id: string }>`
        with recursive tree(id) as (
          select id from sessions where ${started}
          union
          select sessions.id from tree
            join tasks on tasks.session_id = tree.id
            join sessions on sessions.parent_task_id = tasks.id
        )
        select id from tree`.execute(db);
      const sessionIds = rows.map(({ id }) => id);
      if (sessionIds.length === 0) return { sessionIds, spent: NOTHING };
      const spent = await spending()
        .where("session_id", "in", sessionIds)
        .where("at", ">=", from)
        .executeTakeFirstOrThrow();
      return { sessionIds, spent: bounded(spent) };
    },

    starterOf: async (sessionId) =>
      db
        .selectFrom("sessions")
        .innerJoin("tasks", "tasks.id", "sessions.parent_task_id")
        .select(["tasks.id as taskId", "tasks.session_id as sessionId", "tasks.budget_json as budgetJson"])
        .where("sessions.id", "=", sessionId)
        .executeTakeFirst(),

    async reservations() {
      const rows = await db
        .selectFrom("tasks")
        .innerJoin("sessions", "sessions.id", "tasks.session_id")
        .select([
          "tasks.id",
          "tasks.session_id",
          "tasks.owner_id",
          "tasks.reserved_json",
          "sessions.project_id",
        ])
        // In the words of the index of unfinished tasks.
        .where(sql<boolean>`tasks.state in ('submitted', 'working', 'input-required')`)
        .where("tasks.state", "=", "working")
        .where("tasks.reserved_json", "is not", null)
        .execute();
      return rows.map((row) => ({
        taskId: row.id,
        sessionId: row.session_id,
        ownerId: row.owner_id,
        projectId: row.project_id,
        ...(JSON.parse(row.reserved_json ?? "{}") as { at: number; tokens: number; costUsd: number }),
      }));
    },

    async firstAt(of) {
      const row = await db
        .selectFrom("usage")
        .select(({ fn }) => fn.min("at").as("at"))
        .where(whose(of))
        .executeTakeFirst();
      return row?.at ?? undefined;
    },

    async sums(of, { from, to }, by) {
      const column = by === "all" ? null : COLUMNS[by];
      const query = db
        .selectFrom("usage")
        .select([
          SUMS.steps.as("steps"),
          SUMS.inputTokens.as("inputTokens"),
          SUMS.outputTokens.as("outputTokens"),
          SUMS.cachedInputTokens.as("cachedInputTokens"),
          SUMS.costUsd.as("costUsd"),
          SUMS.unpricedSteps.as("unpricedSteps"),
        ])
        .where(whose(of))
        .where("at", ">=", from)
        .where("at", "<", to);
      if (column === null) return (await query.execute()).map((row) => ({ key: null, ...bounded(row) }));
      return (await query.select(`${column} as key`).groupBy(column).execute()).map(bounded);
    },
  };
}

/** In the words of the indexes: by owner and time, by project and time, by session. */
function whose(of: UsageOf): RawBuilder<boolean> {
  if (of === "everybody") return sql<boolean>`owner_id in (select id from users)`;
  if ("sessionId" in of) return sql<boolean>`session_id = ${of.sessionId}`;
  if ("projectId" in of) return sql<boolean>`project_id = ${of.projectId}`;
  return sql<boolean>`owner_id = ${of.ownerId}`;
}
