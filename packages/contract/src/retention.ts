import { z } from "zod";
import { Id } from "./primitives.ts";

/** Input of `server.retention`. */
export const RetentionInput = z.strictObject({
  /** How many days to look ahead. */
  days: z.int().min(0).max(3_650).default(7),
  /** Maximum number of sessions. */
  limit: z.int().min(1).max(100).default(20),
});
export type RetentionInput = z.infer<typeof RetentionInput>;

/** A session that the server's policy will remove. Its title is its owner's business. */
const RetiringSession = z.strictObject({
  sessionId: Id,
  ownerId: Id,
  /** Of the owner; null: unknown. */
  ownerName: z.string().nullable(),
  /** The rule that applies: for archived sessions, for all, or for the size of all together. */
  reason: z.enum(["archived", "idle", "size"]),
  /** When something last happened in it or in a subagent's session, ms since the epoch. */
  lastActivityAt: z.int(),
  /** When it is removed at the earliest, ms since the epoch; never if it is kept. */
  removeAt: z.int(),
  /** Why it stays, so far: a task has not ended, or work in its workspace is published nowhere. */
  kept: z.enum(["busy", "unpublished"]).nullable(),
});

/** Output of `server.retention`. */
export const RetentionReport = z.strictObject({
  /** As the operator has configured it; null: sessions stay until somebody deletes them. */
  policy: z
    .strictObject({
      /** Archived sessions go after this many days without activity; null: they don't. */
      archivedDays: z.int().positive().nullable(),
      /** All sessions go after this many days without activity; null: they don't. */
      idleDays: z.int().positive().nullable(),
      /** Above this size of all sessions together, in bytes, those idle for longest go, archived ones first; null: no limit. */
      maxBytes: z.int().positive().nullable(),
      /** Whether sessions whose work is published nowhere stay. */
      unpublished: z.enum(["keep", "discard"]),
    })
    .nullable(),
  /** Nothing is removed now, because the clock had jumped or the server was away; null: the clock is trusted. */
  hold: z
    .strictObject({
      /** Until when, ms since the epoch. */
      until: z.int(),
      /** Between two looks at the clock, in ms. */
      gapMs: z.int(),
    })
    .nullable(),
  /** What all sessions together take, in bytes, as measured last; null: there is no limit for it. */
  usedBytes: z.int().nonnegative().nullable(),
  /** Those that go first come first. */
  items: z.array(RetiringSession),
  /** How many more there are. */
  omitted: z.int().nonnegative(),
});
export type RetentionReport = z.infer<typeof RetentionReport>;
