import type { SessionEvent } from "@trunkline/contract";
import type { EventStore } from "../store/port.ts";
import { mayWrite } from "./port.ts";

export type CheckpointEvent = Extract<SessionEvent, { type: "checkpoint.created" }>;

type Events = Pick<EventStore, "last" | "ofTypes">;

/** The newest checkpoint, of those that are not imported. */
export async function newestCheckpoint(
  events: Events,
  { sessionId, importedSeq }: { sessionId: string; importedSeq: number },
): Promise<CheckpointEvent | undefined> {
  const found = await events.last(sessionId, ["checkpoint.created"]);
  return found !== undefined && found.seq > importedSeq ? found : undefined;
}

/**
 * The checkpoint that has the files as they were after an event: the last one up to it. If a call had written since, it is
 * the next one, unless that has another call's files, too. Before the first one nothing was written.
 * @returns undefined if no checkpoint has them.
 */
export async function checkpointAt(
  events: Events,
  { sessionId, importedSeq }: { sessionId: string; importedSeq: number },
  seq: number,
): Promise<CheckpointEvent | undefined> {
  const found = await events.last(sessionId, ["checkpoint.created"], seq + 1);
  const earlier = found !== undefined && found.seq > importedSeq ? found : undefined;
  const after = earlier?.seq ?? importedSeq;
  let hasWritten = false;
  for await (const event of events.ofTypes(sessionId, ["tool.called", "checkpoint.created"], { after })) {
    const writes = event.type === "tool.called" && mayWrite(event.data);
    if (event.seq <= seq) {
      hasWritten ||= writes;
      continue;
    }
    if (!hasWritten && earlier !== undefined) return earlier;
    if (event.type === "checkpoint.created") return event;
    if (writes) return earlier;
  }
  return earlier;
}

/** Whether a call may have written since the newest checkpoint. */
export async function hasWrittenSince(events: Events, sessionId: string, after: number): Promise<boolean> {
  for await (const event of events.ofTypes(sessionId, ["tool.called"], { after })) {
    if (mayWrite(event.data)) return true;
  }
  return false;
}

/** The oldest checkpoint, of those that are not imported. */
export async function firstCheckpoint(
  events: Events,
  { sessionId, importedSeq }: { sessionId: string; importedSeq: number },
): Promise<CheckpointEvent | undefined> {
  for await (const event of events.ofTypes(sessionId, ["checkpoint.created"], { after: importedSeq })) {
    return event;
  }
  return undefined;
}
