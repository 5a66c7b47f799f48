import { type Kysely, sql } from "kysely";
import type { NodeStore } from "../ports/nodes.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import type { Dialect } from "./dialect.ts";

export function createNodeStore(
  db: Kysely<Database>,
  write: WriteStatements,
  { now }: Pick<Dialect, "now">,
): NodeStore {
  return {
    async renew({ id, name, startedAt }, leaseMs) {
      const expires_at = leaseMs === null ? Number.MAX_SAFE_INTEGER : sql<number>`${now} + ${leaseMs}`;
      const renewed = db
        .insertInto("nodes")
        .values({ id, name, started_at: startedAt, expires_at })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ expires_at }));
      await write([statement(renewed.compile())], { mayUseBallast: true });
    },

    async leave(nodeId) {
      await write([statement(db.deleteFrom("nodes").where("id", "=", nodeId).compile())], {
        mayUseBallast: true,
      });
    },

    async isLive(nodeId) {
      const live = db.selectFrom("nodes").select("id").where("id", "=", nodeId).where("expires_at", ">", now);
      return (await live.executeTakeFirst()) !== undefined;
    },

    async forgetDead(forMs) {
      const isDead = sql<boolean>`expires_at <= ${now} - ${forMs}`;
      const dead = await db.selectFrom("nodes").select("id").where(isDead).execute();
      // Spares one that has just renewed its lease.
      for (const { id } of dead) {
        const gone = db.deleteFrom("nodes").where("id", "=", id).where(isDead);
        await write([statement(gone.compile())], { mayUseBallast: true });
      }
      return dead.length;
    },
  };
}
