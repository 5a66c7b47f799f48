import { z } from "zod";
import { Id } from "./primitives.ts";
import { Session } from "./session.ts";

/** One message of `activity.subscribe`: the current state of the caller's sessions, without history. */
export const ActivityBatch = z.strictObject({
  /** Sessions that changed, in their current state. */
  sessions: z.array(Session),
  /** Ids of deleted sessions. */
  removed: z.array(Id),
  /**
   * True in the first message of a connection: earlier changes were not reported, so reload the list.
   */
  reset: z.boolean(),
});
export type ActivityBatch = z.infer<typeof ActivityBatch>;
