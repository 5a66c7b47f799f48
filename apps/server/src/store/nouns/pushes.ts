import { type Kysely, sql } from "kysely";
import type { PushStore } from "../ports/pushes.ts";
import type { Database } from "../schema.ts";
import { type Statement, statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { createPushDeliveries } from "./push-deliveries.ts";
import { tokenHolds, toPushSubscription } from "./push-rows.ts";
import { takeTurns } from "./take-turns.ts";

/** The only row of `push_keys`. */
const KEY_ID = "vapid";

export function createPushStore(db: Kysely<Database>, write: WriteStatements): PushStore {
  const select = () => db.selectFrom("push_subscriptions").selectAll("push_subscriptions");

  return {
    async key() {
      const row = await db
        .selectFrom("push_keys")
        .select(["public_key", "sealed"])
        .where("id", "=", KEY_ID)
        .executeTakeFirst();
      return row && { publicKey: row.public_key, sealed: row.sealed };
    },

    async addKey({ publicKey, sealed, createdAt }) {
      const insert = db
        .insertInto("push_keys")
        .values({ id: KEY_ID, public_key: publicKey, sealed, created_at: createdAt })
        .onConflict((conflict) => conflict.column("id").doNothing());
      await write([statement(insert.compile())]);
    },

    async ofUser(userId, at) {
      const rows = await select()
        .where("user_id", "=", userId)
        .where(tokenHolds(at))
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .execute();
      return rows.map(toPushSubscription);
    },

    async find({ id, userId }) {
      const row = await select().where("id", "=", id).where("user_id", "=", userId).executeTakeFirst();
      return row && toPushSubscription(row);
    },

    async byEndpoint(endpointHash) {
      const row = await select().where("endpoint_hash", "=", endpointHash).executeTakeFirst();
      return row && toPushSubscription(row);
    },

    async put(subscription, { limit, at }, audit) {
      const { id, userId, tokenId, host, endpointHash, sealed, device, createdAt } = subscription;
      const anothers = db
        .selectFrom("push_subscriptions")
        .select("id")
        .where("endpoint_hash", "=", endpointHash)
        .where("id", "!=", id);
      const rest = sql`user_id = ${userId} and endpoint_hash <> ${endpointHash}`;
      const count = sql`(select count(*) from push_subscriptions where ${rest})`;
      const ended = sql`
        delete from push_subscriptions where ${rest} and ${count} >= ${limit} and not ${tokenHolds(at)}`;
      const insert = sql`
        insert into push_subscriptions (id, user_id, token_id, host, endpoint_hash, sealed, device, created_at)
        select ${id}, id, ${tokenId}, ${host}, ${endpointHash}, ${sealed}, ${device}, ${createdAt}
        from users where id = ${userId} and removed_at is null and ${count} < ${limit}
        on conflict (id) do update set
          token_id = excluded.token_id, sealed = excluded.sealed, device = excluded.device`;
      await write([
        takeTurns(db, userId),
        ...deleteSubscriptions(db, anothers),
        statement(ended.compile(db)),
        statement(insert.compile(db), 1),
        ...(audit === undefined ? [] : [insertAudit(db, audit)]),
      ]);
    },

    async remove({ id, userId }, audit) {
      const gone = db.deleteFrom("push_subscriptions").where("id", "=", id).where("user_id", "=", userId);
      const told = db.deleteFrom("push_deliveries").where("subscription_id", "=", id);
      await write([statement(gone.compile(), 1), statement(told.compile()), insertAudit(db, audit)], {
        mayUseBallast: true,
      });
    },

    async usersWithDevices(userIds) {
      const rows = await db
        .selectFrom("push_subscriptions")
        .select("user_id")
        .distinct()
        .where("user_id", "in", userIds)
        .execute();
      return new Set(rows.map((row) => row.user_id));
    },

    async note(id, { at, failure, notBefore }) {
      const noted = db
        .updateTable("push_subscriptions")
        .set({
          ...(failure === null ? { last_success_at: at } : { last_failure_at: at }),
          ...(notBefore !== undefined && { not_before: notBefore }),
          failure,
        })
        .where("id", "=", id);
      await write([statement(noted.compile())]);
    },

    async forget(id) {
      const one = db.selectFrom("push_subscriptions").select("id").where("id", "=", id);
      await write(deleteSubscriptions(db, one), { mayUseBallast: true });
    },

    ...createPushDeliveries(db, write),
  };
}

/** With what they have not been told. */
export function deleteSubscriptions(db: Kysely<Database>, ids: SubscriptionIds): Statement[] {
  return [
    statement(db.deleteFrom("push_deliveries").where("subscription_id", "in", ids).compile()),
    statement(db.deleteFrom("push_subscriptions").where("id", "in", ids).compile()),
  ];
}

type SubscriptionIds = ReturnType<typeof subscriptionsOf>;

export function subscriptionsOf(db: Kysely<Database>, userId: string) {
  return db.selectFrom("push_subscriptions").select("id").where("user_id", "=", userId);
}
