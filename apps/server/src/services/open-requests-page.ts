import type { Principal } from "@trunkline/contract";
import type { RequestStore, Store } from "../store/port.ts";
import { requireSessionAccess } from "./ownership.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";

/** A page of the caller's open approvals or questions. @throws TrunklineError `not_found`, `cursor_invalid` */
export async function openRequestsPage<Request extends { id: string; createdAt: number }>(
  store: Store,
  requests: RequestStore<Request>,
  principal: Principal,
  {
    sessionId,
    cursor,
    limit,
  }: { sessionId?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: Request[]; nextCursor: string | null }> {
  if (sessionId !== undefined) await requireSessionAccess(store, principal, sessionId);
  const { items, hasMore } = await requests.open({
    ownerId: principal.userId,
    ...(sessionId !== undefined && { sessionId }),
    ...(cursor !== undefined && { beforeId: decodePageCursor(cursor).id }),
    limit,
  });
  return toPage(
    items,
    limit,
    (request) => request,
    ({ createdAt }) => createdAt,
    hasMore,
  );
}
