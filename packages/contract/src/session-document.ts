import { z } from "zod";
import { Id, ModelName, Seq, Timestamp } from "./primitives.ts";
import { Session } from "./session.ts";
import { Task } from "./task.ts";

/** Events that one document may hold; a longer session is exported by its pages (`session.events`). */
export const MAX_DOCUMENT_EVENTS = 200_000;

/** A session as one JSON document: everything but the files of its workspace. Import gives new ids, and keeps the rest. */
export const SessionDocument = z.strictObject({
  format: z.literal("trunkline.session"),
  version: z.literal(1),
  session: Session.pick({ title: true, agent: true, model: true, createdAt: true, updatedAt: true }).extend({
    model: ModelName.nullable(),
  }),
  tasks: z.array(Task.omit({ sessionId: true, node: true, cancelRequestedAt: true, idempotencyKey: true })),
  /** In the order of their seqs, which are kept. */
  events: z
    .array(
      z.strictObject({
        seq: Seq.min(1),
        taskId: Id.nullable(),
        at: Timestamp,
        type: z.string(),
        data: z.unknown(),
      }),
    )
    .max(MAX_DOCUMENT_EVENTS),
});
export type SessionDocument = z.infer<typeof SessionDocument>;

export const ImportSessionInput = z.strictObject({
  document: SessionDocument,
  /** Where the document comes from, e.g. a file of another system: the same key again gives the first import back. */
  importKey: z.string().min(1).max(500).optional(),
});
export type ImportSessionInput = z.infer<typeof ImportSessionInput>;

export const ImportSessionOutput = z.strictObject({ session: Session, created: z.boolean() });
export type ImportSessionOutput = z.infer<typeof ImportSessionOutput>;
