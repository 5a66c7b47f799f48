import { z } from "zod";
import { Id } from "./primitives.ts";
import { Session } from "./session.ts";

/** What one message of `activity.subscribe` carries: how the caller's sessions stand, not how they got there. */
export const ActivityBatch = z.strictObject({
  /** Sessions that changed, as they are now. */
  sessions: z.array(Session),
  /** Ids of sessions that are gone. */
  removed: z.array(Id),
  /**
   * True in the first message of a connection: changes before it were not told. Whoever shows a list reads it anew.
   */
  reset: z.boolean(),
});
export type ActivityBatch = z.infer<typeof ActivityBatch>;
