import type { AuditService } from "@trunkline/contract";
import type { Store } from "../store/port.ts";
import type { AuditTable } from "../store/schema.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";

export function createAuditService({ store }: { store: Store }): AuditService {
  return {
    async list(_principal, { userId, action, decision, cursor, limit }) {
      let query = store.db
        .selectFrom("audit")
        .selectAll()
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (userId !== undefined) query = query.where("user_id", "=", userId);
      if (action !== undefined) query = query.where("action", "=", action);
      if (decision !== undefined) query = query.where("decision", "=", decision);
      if (cursor !== undefined) query = query.where("id", "<", decodePageCursor(cursor).id);
      const rows = await query.execute();
      return toPage(rows, limit, toAuditEntry, ({ at }) => at);
    },
  };
}

function toAuditEntry(row: AuditTable) {
  const { id, at, action, target, decision, detail, address, count } = row;
  const who = { userId: row.user_id, userName: row.user_name, tokenId: row.token_id };
  return { id, at, ...who, action, target, decision, detail, address, count };
}
