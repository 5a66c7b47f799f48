import { type Kysely, type Selectable, sql } from "kysely";
import type {
  McpAuthorizationKey,
  McpAuthorizationStore,
  StoredMcpAuthorization,
} from "../ports/mcp-authorizations.ts";
import { GuardFailedError } from "../port.ts";
import type { Database, McpAuthorizationsTable } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";

export function createMcpAuthorizationStore(
  db: Kysely<Database>,
  write: WriteStatements,
): McpAuthorizationStore {
  const change = ({ serverId, userId }: McpAuthorizationKey) =>
    db.updateTable("mcp_authorizations").where("server_id", "=", serverId).where("user_id", "=", userId);

  return {
    async find({ serverId, userId }) {
      const row = await db
        .selectFrom("mcp_authorizations")
        .selectAll()
        .where("server_id", "=", serverId)
        .where("user_id", "=", userId)
        .executeTakeFirst();
      return row === undefined ? undefined : toAuthorization(row);
    },

    async ofServer(serverId) {
      const rows = await db
        .selectFrom("mcp_authorizations")
        .selectAll()
        .where("server_id", "=", serverId)
        .execute();
      return rows.map(toAuthorization);
    },

    async begin({ serverId, userId }, { sealed, hash, until }, audit) {
      const insert = sql`
        insert into mcp_authorizations (server_id, user_id, pending, pending_hash, pending_until)
        values (${serverId}, ${userId}, ${sealed}, ${hash}, ${until})
        on conflict (server_id, user_id) do update set
          pending = excluded.pending, pending_hash = excluded.pending_hash, pending_until = excluded.pending_until`;
      await write([statement(insert.compile(db), 1), insertAudit(db, audit)]);
    },

    async take({ userId, hash, now }) {
      const row = await db
        .selectFrom("mcp_authorizations")
        .select(["server_id", "pending"])
        .where("user_id", "=", userId)
        .where("pending_hash", "=", hash)
        .where("pending_until", ">", now)
        .executeTakeFirst();
      if (row === undefined || row.pending === null) return undefined;
      const taken = change({ serverId: row.server_id, userId })
        .set({ pending: null, pending_hash: null, pending_until: null })
        .where("pending_hash", "=", hash);
      const isOurs = await wins(write([statement(taken.compile(), 1)]));
      return isOurs ? { serverId: row.server_id, sealed: row.pending } : undefined;
    },

    async put(key, sealed, at, audit) {
      const put = change(key).set({ sealed, authorized_at: at, refreshing_until: null });
      await write([statement(put.compile(), 1), insertAudit(db, audit)]);
    },

    async renewed(key, { before, sealed }) {
      const put = change(key).set({ sealed, refreshing_until: null }).where("sealed", "=", before);
      await write([statement(put.compile(), 1)]);
    },

    async claim(key, { now, until }) {
      const claim = change(key)
        .set({ refreshing_until: until })
        .where("sealed", "is not", null)
        .where((where) =>
          where.or([where("refreshing_until", "is", null), where("refreshing_until", "<=", now)]),
        );
      return wins(write([statement(claim.compile(), 1)]));
    },

    async unclaim(key) {
      await write([statement(change(key).set({ refreshing_until: null }).compile())]);
    },
  };
}

/** @returns false if another was faster. */
async function wins(commit: Promise<void>): Promise<boolean> {
  return commit.then(
    () => true,
    (error: unknown) => {
      if (error instanceof GuardFailedError) return false;
      throw error;
    },
  );
}

function toAuthorization(row: Selectable<McpAuthorizationsTable>): StoredMcpAuthorization {
  const { server_id, user_id, sealed, refreshing_until } = row;
  return { serverId: server_id, userId: user_id, sealed, refreshingUntil: refreshing_until };
}
