import { type Selectable, sql } from "kysely";
import type { StoredPushSubscription } from "../ports/pushes.ts";
import type { PushSubscriptionsTable } from "../schema.ts";

/** Whether the token of a row of `push_subscriptions` opens anything at that time. */
export function tokenHolds(at: number) {
  return sql<boolean>`exists (
    select 1 from tokens where tokens.id = push_subscriptions.token_id and tokens.user_id = push_subscriptions.user_id
    and tokens.revoked_at is null and (tokens.expires_at is null or tokens.expires_at > ${at}))`;
}

export function toPushSubscription(row: Selectable<PushSubscriptionsTable>): StoredPushSubscription {
  return {
    id: row.id,
    userId: row.user_id,
    tokenId: row.token_id,
    host: row.host,
    endpointHash: row.endpoint_hash,
    sealed: row.sealed,
    device: row.device,
    createdAt: row.created_at,
    lastSuccessAt: row.last_success_at,
    lastFailureAt: row.last_failure_at,
    failure: row.failure,
  };
}
