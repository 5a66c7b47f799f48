import { z } from "zod";
import { Id, type Json, ModelName, Seq, Timestamp } from "./primitives.ts";
import { Session } from "./session.ts";
import { Task } from "./task.ts";

/** Events that one document may hold; a longer session is exported by its pages (`session.events`). */
export const MAX_DOCUMENT_EVENTS = 200_000;

/** JSON, to the compiler; import parses it by its type, and once is enough. */
const EventJson = z.unknown() as z.ZodType<Json>;

/** A session as one JSON document: everything but the files of its workspace. Import gives new ids, and keeps the rest. */
export const SessionDocument = z.strictObject({
  /** What the document is. */
  format: z.literal("trunkline.session"),
  /** Of the format. */
  version: z.literal(1),
  /** What the session was called, and how it was set. */
  session: Session.pick({ title: true, agent: true, model: true, createdAt: true, updatedAt: true }).extend({
    model: ModelName.nullable(),
  }),
  /** In the order of their queue. */
  tasks: z.array(Task.omit({ sessionId: true, node: true, cancelRequestedAt: true, idempotencyKey: true })),
  /** In the order of their seqs, which are kept. */
  events: z
    .array(
      z.strictObject({
        seq: Seq.min(1),
        taskId: Id.nullable(),
        at: Timestamp,
        /** One of the event types. */
        type: z.string(),
        /** What an event of this type carries. */
        data: EventJson,
      }),
    )
    .max(MAX_DOCUMENT_EVENTS),
});
export type SessionDocument = z.infer<typeof SessionDocument>;

export const ImportSessionInput = z.strictObject({
  /** The session to make. */
  document: SessionDocument,
  /** Where the document comes from, e.g. a file of another system: the same key again gives the first import back. */
  importKey: z.string().min(1).max(500).optional(),
});
export type ImportSessionInput = z.infer<typeof ImportSessionInput>;

/** The session that holds the document. */
export const ImportSessionOutput = z.strictObject({
  session: Session,
  /** False where an earlier import under the same key made it. */
  created: z.boolean(),
});
export type ImportSessionOutput = z.infer<typeof ImportSessionOutput>;
