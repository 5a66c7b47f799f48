import { z } from "zod";
import { Id } from "./primitives.ts";

/** The task on behalf of which a session works, and the task at the top of all of them. */
export const SessionParent = z.strictObject({
  sessionId: Id,
  taskId: Id,
  rootSessionId: Id,
  rootTaskId: Id,
});
export type SessionParent = z.infer<typeof SessionParent>;

const CallId = z.string().min(1).max(200);

/** A task in a session of its own works on behalf of another. */
export const SubagentStarted = z.strictObject({
  callId: CallId,
  sessionId: Id,
  taskId: Id,
  /** What it is for, in a few words. */
  title: z.string().max(500).optional(),
});

/** That task ended. */
export const SubagentEnded = z.strictObject({
  callId: CallId,
  sessionId: Id,
  taskId: Id,
  /** Its answer, or why there is none. */
  result: z.string().optional(),
  /** It may have read what is by strangers. */
  readsUntrusted: z.literal(true).optional(),
  state: z.enum(["completed", "failed", "canceled", "rejected"]),
});
