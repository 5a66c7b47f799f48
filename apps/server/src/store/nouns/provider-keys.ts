import { type Kysely, sql } from "kysely";
import type { ProviderKeyStore } from "../ports/provider-keys.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";

export function createProviderKeyStore(db: Kysely<Database>, write: WriteStatements): ProviderKeyStore {
  return {
    async find(userId, provider) {
      const row = await db
        .selectFrom("provider_keys")
        .select("sealed")
        .where("user_id", "=", userId)
        .where("provider", "=", provider)
        .executeTakeFirst();
      return row?.sealed;
    },

    async providersOf(userId) {
      const rows = await db
        .selectFrom("provider_keys")
        .select("provider")
        .where("user_id", "=", userId)
        .orderBy("provider")
        .execute();
      return rows.map(({ provider }) => provider);
    },

    async put({ userId, provider, sealed, updatedAt }, audit) {
      const insert = sql`
        insert into provider_keys (user_id, provider, sealed, updated_at)
        values (${userId}, ${provider}, ${sealed}, ${updatedAt})
        on conflict (user_id, provider) do update set sealed = excluded.sealed, updated_at = excluded.updated_at`;
      await write([statement(insert.compile(db), 1), insertAudit(db, audit)]);
    },

    async remove(userId, provider, audit) {
      const remove = db
        .deleteFrom("provider_keys")
        .where("user_id", "=", userId)
        .where("provider", "=", provider);
      await write([statement(remove.compile()), insertAudit(db, audit)], { mayUseBallast: true });
    },
  };
}
