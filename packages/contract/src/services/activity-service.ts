import type { ActivityBatch } from "../activity.ts";
import type { Principal } from "../principal.ts";

export interface ActivityService {
  /** Follows the caller's own sessions until `signal` aborts. Changes that wait together come together. */
  subscribe(principal: Principal, signal: AbortSignal): AsyncIterable<ActivityBatch>;
}
