import { ACTIVE_TASK_STATES, MAX_WAITING_STEERS, SESSION_DETAIL_TASKS, type Task } from "@trunkline/contract";
import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import type { TaskStore } from "../ports/tasks.ts";
import type { Database } from "../schema.ts";
import type { Dialect } from "./dialect.ts";
import { wholeRows } from "./bounded-rows.ts";
import {
  IS_SHOWN,
  listedPage,
  type ListedTask,
  newestFirst,
  selectListed,
  together,
  wholeTask,
} from "./listed-tasks.ts";
import { perDatabase } from "./per-database.ts";
import { parentOf } from "./session-rows.ts";
import { type TaskRow, toTask } from "./task-rows.ts";

/** In the words of the index that holds these tasks alone, and which is passed over where the states are parameters. */
const UNFINISHED = sql<boolean>`tasks.state in ('submitted', 'working', 'input-required')`;

const UNFINISHED_STATES = ["submitted", "working", "input-required"] as const;

/** Tasks of one page of a session's whole list. */
const PAGE = 200;

export function createTaskStore(db: Kysely<Database>, dialect: Pick<Dialect, "now">): TaskStore {
  const one = async (query: SelectQueryBuilder<Database, "tasks", TaskRow>) => {
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : toTask(row);
  };
  const select = () => db.selectFrom("tasks").selectAll("tasks");
  const whole = async (rows: readonly ListedTask[]) => wholeRows(rows, async (row) => wholeTask(db, row));

  return {
    async find(ownerId, taskId) {
      const { rows } = await db.executeQuery(taskOf(db, [taskId, ownerId]));
      const [row] = rows;
      return row === undefined ? undefined : toTask(row);
    },

    get: async (taskId) => one(select().where("id", "=", taskId)),

    byIdempotencyKey: async (ownerId, key) =>
      one(select().where("owner_id", "=", ownerId).where("idempotency_key", "=", key)),

    async head(sessionId, now) {
      const { rows } = await db.executeQuery(headOf(db, [sessionId, sessionId, sessionId, now]));
      const [row] = rows;
      if (row === undefined) return undefined;
      const {
        session_workspace: workspace,
        session_model: model,
        session_agent: agent,
        session_effort: sessionEffort,
        session_imported_seq: importedSeq,
        session_project_id: projectId,
        session_parent_session_id: parent_session_id,
        session_parent_task_id: parent_task_id,
        session_root_session_id: root_session_id,
        session_root_task_id: root_task_id,
        ...task
      } = row;
      const effort = sessionEffort as Task["effort"];
      const { parent = null } = parentOf({
        parent_session_id,
        parent_task_id,
        root_session_id,
        root_task_id,
      });
      return {
        task: toTask(task),
        session: { workspace, model, agent, effort, importedSeq, projectId, parent },
      };
    },

    active: async (sessionId) =>
      one(
        select()
          .where("session_id", "=", sessionId)
          .where("state", "in", [...ACTIVE_TASK_STATES]),
      ),

    async steersOf(sessionId, taskId) {
      const rows = await select()
        .where("session_id", "=", sessionId)
        .where("state", "=", "submitted")
        .where("steers", "=", taskId)
        .orderBy("pos")
        .limit(MAX_WAITING_STEERS)
        .execute();
      return rows.map(toTask);
    },

    async steerable(sessionId, exceptId = "") {
      const unfinished = select()
        .where("session_id", "=", sessionId)
        .where("id", "<>", exceptId)
        .orderBy("pos")
        .limit(1);
      const active = await one(unfinished.where("state", "in", [...ACTIVE_TASK_STATES]));
      return active ?? one(unfinished.where("state", "=", "submitted"));
    },

    async ofDetail(sessionId) {
      const ofSession = selectListed(db).where("session_id", "=", sessionId).limit(SESSION_DETAIL_TASKS);
      const rows = await together(db, [
        ofSession.where("state", "in", [...ACTIVE_TASK_STATES]),
        ofSession.where("state", "=", "submitted").orderBy("pos"),
        ofSession.where("ended_at", "is not", null).orderBy("ended_at", "desc").orderBy("pos", "desc"),
      ]);
      const { items } = await whole(rows.slice(0, SESSION_DETAIL_TASKS));
      return items.toSorted(newestFirst);
    },

    async page({ limit, ...query }) {
      const rows = await listedPage(db, { limit: limit + 1, ...query });
      const { items, isCut } = await whole(rows.slice(0, limit));
      return { tasks: items, hasMore: isCut || rows.length > limit };
    },

    async *ofSession(sessionId) {
      let after: { pos: number; id: string } | undefined;
      for (;;) {
        let query = selectListed(db)
          .where("session_id", "=", sessionId)
          .orderBy("pos")
          .orderBy("id")
          .limit(PAGE);
        if (after !== undefined) query = query.where(sql<boolean>`(pos, id) > (${after.pos}, ${after.id})`);
        const rows = await query.execute();
        for (const row of rows) {
          const task = await wholeTask(db, row);
          if (task !== undefined) yield task;
        }
        after = rows.at(-1);
        if (after === undefined || rows.length < PAGE) return;
      }
    },

    async unfinished(of) {
      const query = db.selectFrom("tasks").select("id").where(UNFINISHED);
      if (of === "everybody") return (await query.orderBy("id", "desc").execute()).map(({ id }) => id);
      const rows = await (
        "sessionId" in of
          ? query.where("session_id", "=", of.sessionId).orderBy("pos", "desc")
          : query.where("owner_id", "=", of.ownerId).orderBy("id", "desc")
      ).execute();
      return rows.map(({ id }) => id);
    },

    async orphans() {
      const rows = await select()
        .innerJoin("sessions", "sessions.id", "tasks.session_id")
        .leftJoin("nodes", "nodes.id", "tasks.node")
        .where(UNFINISHED)
        // Tasks of a session that is being filled are history halfway through; its import or fork closes them.
        .where("sessions.deleted_at", "is", null)
        .where(({ or, and, eb }) =>
          or([
            and([
              eb("tasks.state", "=", "working"),
              or([eb("nodes.id", "is", null), eb("nodes.expires_at", "<=", dialect.now)]),
            ]),
            // It has no owner to lose; but somebody may have asked for its end as it began to wait.
            and([eb("tasks.state", "=", "input-required"), eb("tasks.cancel_requested_at", "is not", null)]),
          ]),
        )
        .execute();
      return rows.map(toTask);
    },

    async waitingForChildren() {
      const rows = await select()
        .where(UNFINISHED)
        .where("tasks.state", "=", "input-required")
        .where("tasks.children_json", "is not", null)
        // A document that is being imported may name anybody's.
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom("sessions")
              .select("sessions.id")
              .whereRef("sessions.id", "=", "tasks.session_id")
              .where("sessions.deleted_at", "is", null),
          ),
        )
        .execute();
      return rows.map(toTask);
    },

    async unfinishedChildren(ofTaskId) {
      let query = db
        .selectFrom("tasks")
        .innerJoin("sessions", "sessions.id", "tasks.session_id")
        .leftJoin("tasks as parents", "parents.id", "sessions.parent_task_id")
        .select("tasks.id")
        .where(UNFINISHED)
        .where("sessions.parent_task_id", "is not", null)
        .where("sessions.deleted_at", "is", null);
      query =
        ofTaskId === null
          ? query.where(({ or, eb }) =>
              or([eb("parents.id", "is", null), eb("parents.ended_at", "is not", null)]),
            )
          : query.where("sessions.parent_task_id", "=", ofTaskId);
      return (await query.execute()).map(({ id }) => id);
    },

    async ofNode(nodeId) {
      const rows = await select()
        .innerJoin("sessions", "sessions.id", "tasks.session_id")
        .where(UNFINISHED)
        .where("sessions.deleted_at", "is", null)
        .where("tasks.state", "=", "working")
        .where("tasks.node", "=", nodeId)
        .execute();
      return rows.map(toTask);
    },

    async countUnfinished() {
      const rows = await db
        .selectFrom("tasks")
        .select(["state", sql<number>`cast(count(*) as double precision)`.as("count")])
        .where(UNFINISHED)
        .groupBy("state")
        .execute();
      const counts = new Map(rows.map(({ state, count }) => [state, count]));
      // A state that nothing is in is 0, not absent.
      return new Map(UNFINISHED_STATES.map((state) => [state, counts.get(state) ?? 0]));
    },

    async waitingSessions() {
      const rows = await db
        .selectFrom("tasks")
        .innerJoin("sessions", "sessions.id", "tasks.session_id")
        .select(["tasks.session_id", "tasks.owner_id"])
        .where(UNFINISHED)
        .where("tasks.state", "in", ["submitted", "input-required"])
        .where("sessions.deleted_at", "is", null)
        .groupBy(["tasks.session_id", "tasks.owner_id"])
        .orderBy(({ fn }) => fn.min("tasks.created_at"))
        .execute();
      return rows.map((row) => ({ sessionId: row.session_id, ownerId: row.owner_id }));
    },

    async startable({ after, limit }) {
      const { fn } = db;
      let query = db
        .selectFrom("tasks")
        .innerJoin("sessions", "sessions.id", "tasks.session_id")
        .select(["tasks.session_id", "tasks.owner_id", fn.min("tasks.created_at").as("since")])
        .where(UNFINISHED)
        .where(
          sql<boolean>`((tasks.state = 'input-required' and tasks.reason = 'queued')
            or (tasks.state = 'submitted' and not exists (select 1 from tasks as active
              where active.session_id = tasks.session_id and active.state in ('working', 'input-required'))))`,
        )
        .where("sessions.deleted_at", "is", null)
        .groupBy(["tasks.session_id", "tasks.owner_id"])
        .orderBy("since")
        .orderBy("tasks.session_id")
        .limit(limit);
      if (after !== undefined) {
        query = query.having(
          sql<boolean>`(min(tasks.created_at), tasks.session_id) > (${after.since}, ${after.sessionId})`,
        );
      }
      const rows = await query.execute();
      return rows.map((row) => ({ sessionId: row.session_id, ownerId: row.owner_id, since: row.since }));
    },

    async resumable(now) {
      const rows = await db
        .selectFrom("tasks")
        .select(["session_id", "owner_id"])
        .where("resume_at", "is not", null)
        .where("resume_at", "<=", now)
        .orderBy("resume_at")
        .limit(PAGE)
        .execute();
      return rows.map((row) => ({ sessionId: row.session_id, ownerId: row.owner_id }));
    },
  };
}

const taskOf = perDatabase((db) =>
  db
    .selectFrom("tasks")
    .selectAll()
    .where("id", "=", "")
    .where("owner_id", "=", "")
    .where(IS_SHOWN)
    .compile(),
);

// By way of the task's id, because a union of the two cases costs SQLite four times as much.
const headOf = perDatabase((db) => {
  const active = sql.join(ACTIVE_TASK_STATES.map((state) => sql.lit(state)));
  return db
    .selectFrom("sessions")
    .innerJoin("tasks", (join) =>
      join.on(
        sql<boolean>`tasks.id = coalesce(
          (select id from tasks where session_id = ${""} and state in (${active}) limit 1),
          (select id from tasks where session_id = ${""} and state = 'submitted' order by pos limit 1)
        )`,
      ),
    )
    .selectAll("tasks")
    .select([
      "sessions.workspace as session_workspace",
      "sessions.model as session_model",
      "sessions.agent as session_agent",
      "sessions.effort as session_effort",
      "sessions.imported_seq as session_imported_seq",
      "sessions.project_id as session_project_id",
      "sessions.parent_session_id as session_parent_session_id",
      "sessions.parent_task_id as session_parent_task_id",
      "sessions.root_session_id as session_root_session_id",
      "sessions.root_task_id as session_root_task_id",
    ])
    .where("sessions.id", "=", "")
    .where(
      sql<boolean>`(tasks.state = 'submitted' or (tasks.state = 'input-required'
        and (tasks.reason = 'queued' or tasks.resume_at <= ${0})))`,
    )
    .where("sessions.deleted_at", "is", null)
    .compile();
});
