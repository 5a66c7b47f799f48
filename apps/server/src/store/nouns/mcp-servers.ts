import type { McpTransport } from "@trunkline/contract";
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from "kysely";
import type { McpServerStore, McpSettings, StoredMcpServer } from "../ports/mcp-servers.ts";
import type { Database, McpServersTable } from "../schema.ts";
import { type Statement, statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { perDatabase } from "./per-database.ts";
import { takeTurns } from "./take-turns.ts";

export function createMcpServerStore(db: Kysely<Database>, write: WriteStatements): McpServerStore {
  return {
    async find(serverId) {
      const row = await db
        .selectFrom("mcp_servers")
        .selectAll()
        .where("id", "=", serverId)
        .executeTakeFirst();
      return row === undefined ? undefined : toServer(row);
    },

    async of({ ownerId, projectId }) {
      const { rows } = await db.executeQuery(serversOf(db, [ownerId, projectId, ownerId]));
      return rows.map(toServer);
    },

    async create(server, { max }, audit) {
      const { id, ownerId, projectId, name, transport, sealed, createdAt, updatedAt } = server;
      const place = projectId ?? ownerId;
      const insert = sql`
        insert into mcp_servers
          (id, owner_id, project_id, place, name, transport, settings, sealed, revision, created_at, updated_at)
        select ${id}, ${ownerId}, ${projectId}, ${place}, ${name}, ${JSON.stringify(transport)},
          ${settingsOf(server)}, ${sealed}, 1, ${createdAt}, ${updatedAt}
        where (select count(*) from mcp_servers where place = ${place}) < ${max}`;
      await write([takeTurns(db, ownerId), statement(insert.compile(db), 1), insertAudit(db, audit)]);
    },

    async update({ id, revision }, change, audit) {
      const { name, transport, sealed, updatedAt } = change;
      const update = db
        .updateTable("mcp_servers")
        .set({
          name,
          transport: JSON.stringify(transport),
          settings: settingsOf(change),
          sealed,
          revision: revision + 1,
          updated_at: updatedAt,
        })
        .where("id", "=", id)
        .where("revision", "=", revision);
      await write([statement(update.compile(), 1), insertAudit(db, audit)]);
    },

    async delete(serverId, audit) {
      const server = db.deleteFrom("mcp_servers").where("id", "=", serverId);
      const authorizations = db.deleteFrom("mcp_authorizations").where("server_id", "=", serverId);
      await write(
        [statement(authorizations.compile()), statement(server.compile()), insertAudit(db, audit)],
        { mayUseBallast: true },
      );
    },
  };
}

/** Asked before each step of each task: a project that is no longer shared lends its servers to its owner alone. */
const serversOf = perDatabase((db) => {
  const usable = db
    .selectFrom("projects")
    .select("id")
    .where("id", "=", "")
    .where((where) => where.or([where("owner_id", "=", ""), where("shared", "=", sql.lit<1>(1))]));
  return db
    .selectFrom("mcp_servers")
    .selectAll()
    .where((where) => where.or([where("place", "=", ""), where("place", "=", usable)]))
    .orderBy("name")
    .compile();
});

/** Deletes the servers of these users or projects, and what they were authorized to. */
export function deleteMcpServers(
  db: Kysely<Database>,
  places: SelectQueryBuilder<Database, "users" | "projects", { id: string }>,
): Statement[] {
  const servers = db.selectFrom("mcp_servers").select("id").where("place", "in", places);
  const authorizations = db.deleteFrom("mcp_authorizations").where("server_id", "in", servers);
  const rows = db.deleteFrom("mcp_servers").where("place", "in", places);
  return [statement(authorizations.compile()), statement(rows.compile())];
}

function settingsOf({ enabled, trust, onlyTools, timeoutMs }: McpSettings): string {
  return JSON.stringify({ enabled, trust, onlyTools, timeoutMs });
}

function toServer(row: Selectable<McpServersTable>): StoredMcpServer {
  return {
    id: row.id,
    ownerId: row.owner_id,
    projectId: row.project_id,
    name: row.name,
    transport: JSON.parse(row.transport) as McpTransport,
    ...(JSON.parse(row.settings) as McpSettings),
    sealed: row.sealed,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
