import { type Kysely, sql } from "kysely";
import type { DuePush, PushStore } from "../ports/pushes.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { tokenHolds, toPushSubscription } from "./push-rows.ts";

type PushDeliveries = Pick<PushStore, "enqueue" | "due" | "claim" | "settle" | "postpone" | "expire">;

/** What devices have not been told yet. */
export function createPushDeliveries(db: Kysely<Database>, write: WriteStatements): PushDeliveries {
  return {
    async enqueue(deliveries) {
      await write(
        deliveries.map(({ userId, sessionId, inSessionId, eventId, kind, at }) =>
          statement(
            sql`
              insert into push_deliveries
                (subscription_id, session_id, in_session_id, event_id, kind, at, attempts, due_at)
              select id, ${sessionId}, ${inSessionId}, ${eventId}, ${kind}, ${at}, 0, ${at}
              from push_subscriptions where user_id = ${userId} and ${tokenHolds(at)}
              on conflict (subscription_id, session_id) do update set
                in_session_id = excluded.in_session_id, event_id = excluded.event_id, kind = excluded.kind,
                at = excluded.at, attempts = 0, due_at = excluded.due_at
              where push_deliveries.event_id <> excluded.event_id`.compile(db),
          ),
        ),
      );
    },

    async due({ at, limit, except: { subscriptionIds, userIds, hosts } }) {
      let query = db
        .selectFrom("push_deliveries")
        .innerJoin("push_subscriptions", "push_subscriptions.id", "push_deliveries.subscription_id")
        .selectAll("push_subscriptions")
        .select([
          "push_deliveries.session_id",
          "push_deliveries.in_session_id",
          "push_deliveries.event_id",
          "push_deliveries.kind",
          "push_deliveries.at",
          "push_deliveries.attempts",
        ])
        .where("push_deliveries.due_at", "<=", at)
        .where(({ or, eb }) =>
          or([
            eb("push_subscriptions.not_before", "is", null),
            eb("push_subscriptions.not_before", "<=", at),
          ]),
        )
        .where(tokenHolds(at))
        .orderBy("push_deliveries.due_at")
        .limit(limit);
      if (subscriptionIds.length > 0) query = query.where("push_subscriptions.id", "not in", subscriptionIds);
      if (userIds.length > 0) query = query.where("push_subscriptions.user_id", "not in", userIds);
      if (hosts.length > 0) query = query.where("push_subscriptions.host", "not in", hosts);
      const found = new Map<string, DuePush>();
      for (const row of await query.execute()) {
        if (found.has(row.id)) continue;
        const delivery = {
          subscriptionId: row.id,
          userId: row.user_id,
          sessionId: row.session_id,
          inSessionId: row.in_session_id,
          eventId: row.event_id,
          kind: row.kind,
          at: row.at,
          attempts: row.attempts,
        };
        found.set(row.id, { delivery, subscription: toPushSubscription(row) });
      }
      return [...found.values()];
    },

    async claim(delivery, until) {
      const claimed = db
        .updateTable("push_deliveries")
        .set({ attempts: delivery.attempts + 1, due_at: until })
        .where(isThe(delivery))
        .where("attempts", "=", delivery.attempts);
      await write([statement(claimed.compile(), 1)]);
    },

    async settle(delivery) {
      await write([statement(db.deleteFrom("push_deliveries").where(isThe(delivery)).compile())], {
        mayUseBallast: true,
      });
    },

    async postpone(delivery, dueAt) {
      const later = db.updateTable("push_deliveries").set({ due_at: dueAt }).where(isThe(delivery));
      await write([statement(later.compile())]);
    },

    async expire(before) {
      await write([statement(db.deleteFrom("push_deliveries").where("at", "<", before).compile())], {
        mayUseBallast: true,
      });
    },
  };
}

type Key = Pick<DuePush["delivery"], "subscriptionId" | "sessionId" | "eventId">;

/** The very one: another may have taken its place. */
function isThe({ subscriptionId, sessionId, eventId }: Key) {
  return sql<boolean>`(
    subscription_id = ${subscriptionId} and session_id = ${sessionId} and event_id = ${eventId})`;
}
