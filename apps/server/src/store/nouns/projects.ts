import type { Project } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { ProjectSettings, ProjectStore } from "../ports/projects.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { deleteMcpServers } from "./mcp-servers.ts";

export function createProjectStore(db: Kysely<Database>, write: WriteStatements): ProjectStore {
  const withoutCredential = (projectId: string) =>
    statement(db.deleteFrom("project_credentials").where("project_id", "=", projectId).compile());

  return {
    async find(projectId) {
      const row = await selectProjects(db).where("p.id", "=", projectId).executeTakeFirst();
      return row === undefined ? undefined : toProject(row);
    },

    async page({ ownerId, name, beforeId, limit }) {
      let query = selectProjects(db)
        .where((where) => where.or([where("p.owner_id", "=", ownerId), where("p.shared", "=", 1)]))
        .orderBy("p.id", "desc")
        .limit(limit);
      if (name !== undefined) query = query.where("p.name", "=", name);
      if (beforeId !== undefined) query = query.where("p.id", "<", beforeId);
      return (await query.execute()).map(toProject);
    },

    async create({ id, ownerId, source, createdAt, ...settings }, audit) {
      const insert = db.insertInto("projects").values({
        id,
        owner_id: ownerId,
        source_kind: source.kind,
        source: source.kind === "git" ? source.url : source.path,
        created_at: createdAt,
        ...columnsOf(settings),
      });
      await write([statement(insert.compile()), insertAudit(db, audit)]);
    },

    async update(projectId, changes, audit) {
      const update = db
        .updateTable("projects")
        .set(changedColumns(changes))
        .where("id", "=", projectId)
        .where("deleted_at", "is", null);
      await write([statement(update.compile(), 1), insertAudit(db, audit)]);
    },

    async fetched(projectId, fetch) {
      const news =
        "commit" in fetch
          ? { fetched_commit: fetch.commit, fetch_error: null }
          : { fetch_error: fetch.error };
      const update = db
        .updateTable("projects")
        .set({ fetched_at: fetch.at, ...news })
        .where("id", "=", projectId);
      await write([statement(update.compile())]);
    },

    async isUsed(projectId) {
      const row = await db
        .selectFrom("sessions")
        .select("id")
        .where("project_id", "=", projectId)
        .where("deleted_at", "is", null)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async delete({ id, at, force }, audit) {
      const sessions = db
        .selectFrom("sessions")
        .select("id")
        .where("project_id", "=", id)
        .where("deleted_at", "is", null);
      let update = db
        .updateTable("projects")
        .set({ deleted_at: at })
        .where("id", "=", id)
        .where("deleted_at", "is", null);
      if (!force) update = update.where((where) => where.not(where.exists(sessions)));
      await write(
        [
          statement(update.compile(), 1),
          withoutCredential(id),
          statement(db.deleteFrom("rules").where("project_id", "=", id).compile()),
          ...deleteMcpServers(db, db.selectFrom("projects").select("id").where("id", "=", id)),
          insertAudit(db, audit),
        ],
        { mayUseBallast: true },
      );
    },

    async deleteOf(ownerId, at) {
      const projects = db.selectFrom("projects").select("id").where("owner_id", "=", ownerId);
      const credentials = db.deleteFrom("project_credentials").where("project_id", "in", projects);
      const update = db
        .updateTable("projects")
        .set({ deleted_at: at })
        .where("owner_id", "=", ownerId)
        .where("deleted_at", "is", null);
      await write(
        [statement(credentials.compile()), ...deleteMcpServers(db, projects), statement(update.compile())],
        { mayUseBallast: true },
      );
    },

    async ownersOf(projectIds) {
      const rows = await db
        .selectFrom("projects")
        .select(["id", "owner_id"])
        .where("id", "in", projectIds)
        .execute();
      return new Map(rows.map(({ id, owner_id }) => [id, owner_id]));
    },

    async unused() {
      const rows = await db
        .selectFrom("projects as p")
        .select("p.id")
        .where("p.deleted_at", "is not", null)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom("sessions as s").select("s.id").whereRef("s.project_id", "=", "p.id"))),
        )
        .execute();
      return rows.map(({ id }) => id);
    },

    async forget(projectId) {
      const gone = db.deleteFrom("projects").where("id", "=", projectId).where("deleted_at", "is not", null);
      await write([statement(gone.compile())], { mayUseBallast: true });
    },

    async credential(projectId) {
      const row = await db
        .selectFrom("project_credentials")
        .selectAll()
        .where("project_id", "=", projectId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return { projectId, kind: row.kind, sealed: row.sealed, updatedAt: row.updated_at };
    },

    async putCredential({ projectId, kind, sealed, updatedAt }, audit) {
      const insert = sql`
        insert into project_credentials (project_id, kind, sealed, updated_at)
        select id, ${kind}, ${sealed}, ${updatedAt} from projects where id = ${projectId} and deleted_at is null`;
      await write([withoutCredential(projectId), statement(insert.compile(db), 1), insertAudit(db, audit)]);
    },

    async removeCredential(projectId, audit) {
      await write([withoutCredential(projectId), insertAudit(db, audit)], { mayUseBallast: true });
    },
  };
}

function selectProjects(db: Kysely<Database>) {
  return db
    .selectFrom("projects as p")
    .leftJoin("project_credentials as c", "c.project_id", "p.id")
    .selectAll("p")
    .select(["c.kind as credential_kind", "c.updated_at as credential_updated_at"])
    .where("p.deleted_at", "is", null);
}

type ProjectRow = Awaited<ReturnType<ReturnType<typeof selectProjects>["execute"]>>[number];

function toProject(row: ProjectRow): Project {
  return {
    id: row.id,
    ownerId: row.owner_id,
    name: row.name,
    source:
      row.source_kind === "git" ? { kind: "git", url: row.source } : { kind: "directory", path: row.source },
    baseRef: row.base_ref,
    setup: row.setup,
    network: row.network,
    allowedHosts: JSON.parse(row.allowed_hosts) as string[],
    environment: JSON.parse(row.environment) as string[],
    instructions: row.instructions,
    shared: row.shared === 1,
    credential:
      row.credential_kind === null || row.credential_updated_at === null
        ? null
        : { kind: row.credential_kind, updatedAt: row.credential_updated_at },
    lastFetch:
      row.fetched_at === null
        ? null
        : { at: row.fetched_at, commit: row.fetched_commit, error: row.fetch_error },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

type Columns = ReturnType<typeof changedColumns>;

function columnsOf(settings: ProjectSettings) {
  return changedColumns(settings) as { [Name in keyof Columns]: Exclude<Columns[Name], undefined> };
}

/** What is undefined stays as it is. */
function changedColumns(settings: Partial<ProjectSettings>) {
  const { allowedHosts, environment, shared } = settings;
  return {
    name: settings.name,
    base_ref: settings.baseRef,
    setup: settings.setup,
    network: settings.network,
    allowed_hosts: allowedHosts && JSON.stringify(allowedHosts),
    environment: environment && JSON.stringify(environment),
    instructions: settings.instructions,
    shared: shared === undefined ? undefined : shared ? (1 as const) : (0 as const),
    updated_at: settings.updatedAt,
  };
}
