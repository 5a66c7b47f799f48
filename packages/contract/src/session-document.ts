import { z } from "zod";
import { Id, type Json, ModelName, Seq, Timestamp } from "./primitives.ts";
import { Session } from "./session.ts";
import { Task } from "./task.ts";

/** Maximum number of events in a document; read a longer session page by page (`session.events`). */
export const MAX_DOCUMENT_EVENTS = 200_000;

/** Typed as JSON, but not checked here: an import parses each event by its type. */
const EventJson = z.unknown() as z.ZodType<Json>;

/**
 * A session as one JSON document: everything but the files of its workspace and the bytes of its blobs. An import assigns
 * new ids and keeps the rest.
 */
export const SessionDocument = z.strictObject({
  /** What the document is. */
  format: z.literal("trunkline.session"),
  /** Of the format. */
  version: z.literal(1),
  /** Title and settings of the session. */
  session: Session.pick({ title: true, agent: true, model: true, createdAt: true, updatedAt: true }).extend({
    model: ModelName.nullable(),
  }),
  /** In queue order. */
  tasks: z.array(
    Task.omit({
      sessionId: true,
      node: true,
      cancelRequestedAt: true,
      idempotencyKey: true,
      agent: true,
      effort: true,
    }),
  ),
  /** Ordered by seq. An import keeps the seqs. */
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
  /** The session to create. */
  document: SessionDocument,
  /** Identifies the document's source: importing the same document again with this key returns the first import. */
  importKey: z.string().min(1).max(500).optional(),
});
export type ImportSessionInput = z.infer<typeof ImportSessionInput>;

/** The imported session. */
export const ImportSessionOutput = z.strictObject({
  session: Session,
  /** False if an earlier import with the same key created it. */
  created: z.boolean(),
});
export type ImportSessionOutput = z.infer<typeof ImportSessionOutput>;
