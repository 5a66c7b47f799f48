import type { Kysely, Selectable } from "kysely";
import type { AuditRecord, AuditStore } from "../ports/audit.ts";
import type { AuditTable, Database } from "../schema.ts";
import { perDatabase } from "./per-database.ts";
import { type Statement, statement, type WriteStatements } from "../statement.ts";

export function createAuditStore(db: Kysely<Database>, write: WriteStatements): AuditStore {
  return {
    async add(entry, options) {
      await write([insertAudit(db, entry)], options);
    },

    async page({ userId, action, decision, beforeId, limit }) {
      let query = db.selectFrom("audit").selectAll().orderBy("id", "desc").limit(limit);
      if (userId !== undefined) query = query.where("user_id", "=", userId);
      if (action !== undefined) query = query.where("action", "=", action);
      if (decision !== undefined) query = query.where("decision", "=", decision);
      if (beforeId !== undefined) query = query.where("id", "<", beforeId);
      return (await query.execute()).map(toRecord);
    },
  };
}

/** For the commit with the recorded change. */
export function insertAudit(db: Kysely<Database>, entry: AuditRecord): Statement {
  const { id, at, userId, userName, tokenId, action, target, decision, detail, address, count } = entry;
  return statement(
    insertOf(db, [id, at, userId, userName, tokenId, action, target, decision, detail, address, count]),
  );
}

/** Every submit has an entry. */
const insertOf = perDatabase((db) =>
  db
    .insertInto("audit")
    .values({
      id: "",
      at: 0,
      user_id: "",
      user_name: "",
      token_id: "",
      action: "",
      target: "",
      decision: "allowed",
      detail: "",
      address: "",
      count: 0,
    })
    .compile(),
);

function toRecord(row: Selectable<AuditTable>): AuditRecord {
  const { id, at, action, target, decision, detail, address, count } = row;
  const who = { userId: row.user_id, userName: row.user_name, tokenId: row.token_id };
  return { id, at, ...who, action, target, decision, detail, address, count };
}
