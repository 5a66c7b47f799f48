import type { Kysely } from "kysely";
import type { NodeStore } from "../ports/nodes.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";

export function createNodeStore(db: Kysely<Database>, write: WriteStatements): NodeStore {
  return {
    async renew({ id, name, startedAt, expiresAt }) {
      const renewed = db
        .insertInto("nodes")
        .values({ id, name, started_at: startedAt, expires_at: expiresAt })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ expires_at: expiresAt }));
      await write([statement(renewed.compile())], { mayUseBallast: true });
    },
    async leave(nodeId) {
      await write([statement(db.deleteFrom("nodes").where("id", "=", nodeId).compile())], {
        mayUseBallast: true,
      });
    },
  };
}
