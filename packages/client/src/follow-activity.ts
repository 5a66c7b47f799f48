import type { ActivityBatch } from "@trunkline/contract";
import { connectionOf, type TrunklineClient } from "./client.ts";
import { TrunklineConnectionError } from "./connection-error.ts";
import { keepSubscribed } from "./stream/keep-subscribed.ts";
import type { FollowState, StreamOptions } from "./stream/stream-options.ts";

/**
 * Follows changes to the caller's sessions, for lists and badges. There is no history: the first batch of every
 * connection has `reset: true`, which means "reload the list"; changes after that arrive here. It reconnects and ends
 * like `followSession`; its state is never `replaying`.
 *
 * @throws TrunklineApiError if retrying can't help, e.g. an invalid token
 *
 * @example
 * for await (const { sessions, removed, reset } of followActivity(client)) {
 *   if (reset) await readList();
 *   for (const session of sessions) show(session);
 * }
 */
export async function* followActivity(
  client: TrunklineClient,
  { onState = () => {}, ...options }: StreamOptions = {},
): AsyncGenerator<ActivityBatch, void> {
  let status: FollowState["status"] | undefined;
  const report = (state: FollowState): void => {
    status = state.status;
    onState(state);
  };
  const subscription = { path: "activity.subscribe", input: () => undefined, read: readActivityBatch };
  for await (const batch of keepSubscribed(connectionOf(client), subscription, options, report)) {
    if (status !== "live") report({ status: "live", attempt: 0, retryInMs: 0 });
    yield batch;
  }
}

/** @throws TrunklineConnectionError */
function readActivityBatch(value: unknown): ActivityBatch {
  if (isActivityBatch(value)) return value;
  throw new TrunklineConnectionError("Unexpected message in the activity stream");
}

function isActivityBatch(value: unknown): value is ActivityBatch {
  if (typeof value !== "object" || value === null) return false;
  const { sessions, removed, reset } = value as Record<string, unknown>;
  return Array.isArray(sessions) && Array.isArray(removed) && typeof reset === "boolean";
}
