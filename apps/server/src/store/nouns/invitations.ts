import { type Kysely, sql } from "kysely";
import type { InvitationStore } from "../ports/invitations.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { takeTurns } from "./take-turns.ts";
import { insertToken } from "./tokens.ts";

export function createInvitationStore(db: Kysely<Database>, write: WriteStatements): InvitationStore {
  return {
    async hasJoined(userId) {
      const tokens = db.selectFrom("tokens").select("id").where("user_id", "=", userId);
      return (await tokens.where("kind", "=", "api").limit(1).executeTakeFirst()) !== undefined;
    },

    async findByHash(hash) {
      const row = await db
        .selectFrom("invitations")
        .innerJoin("users", "users.id", "invitations.user_id")
        .selectAll("invitations")
        .select("users.name as user_name")
        .where("invitations.hash", "=", hash)
        .where("users.removed_at", "is", null)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { scope, created_at: createdAt, expires_at: expiresAt } = row;
      const whose = { userId: row.user_id, userName: row.user_name };
      return { ...whose, scope, hash, createdAt, expiresAt, isRecovery: row.is_recovery === 1 };
    },

    async put({ userId, scope, hash, createdAt, expiresAt, isRecovery }, audit) {
      const earlier = db.deleteFrom("invitations").where("user_id", "=", userId);
      const insert = sql`
        insert into invitations (user_id, scope, hash, created_at, expires_at, is_recovery)
        select id, ${scope}, ${hash}, ${createdAt}, ${expiresAt}, ${isRecovery ? 1 : 0}
        from users where id = ${userId} and removed_at is null ${nobodyJoined(userId, isRecovery)}`;
      await write([
        takeTurns(db, userId),
        statement(earlier.compile()),
        statement(insert.compile(db), 1),
        insertAudit(db, audit),
      ]);
    },

    async redeem({ userId, hash, isRecovery }, token, audit) {
      const used = sql`delete from invitations where hash = ${hash} ${nobodyJoined(userId, isRecovery)}`;
      const redeemed = [statement(used.compile(db), 1), insertToken(db, token), insertAudit(db, audit)];
      await write([takeTurns(db, userId), ...redeemed], { mayUseBallast: true });
    },

    async forget(hashes) {
      await write([statement(db.deleteFrom("invitations").where("hash", "in", hashes).compile())]);
    },
  };
}

function nobodyJoined(userId: string, isRecovery: boolean) {
  if (isRecovery) return sql``;
  return sql`and not exists (select 1 from tokens where tokens.user_id = ${userId} and tokens.kind = 'api')`;
}
