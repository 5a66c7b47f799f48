import type { AuditService } from "@trunkline/contract";
import type { Store } from "../store/port.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";

export function createAuditService({ store }: { store: Store }): AuditService {
  return {
    async list(_principal, { cursor, limit, ...wanted }) {
      const beforeId = cursor === undefined ? undefined : decodePageCursor(cursor).id;
      const entries = await store.audit.page({ ...wanted, beforeId, limit: limit + 1 });
      return toPage(
        entries,
        limit,
        (entry) => entry,
        ({ at }) => at,
      );
    },
  };
}
