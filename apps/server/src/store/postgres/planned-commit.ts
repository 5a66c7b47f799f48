import { blockOfPiece, type EventBody } from "@trunkline/contract";
import type { Commit } from "../commit.ts";
import { touchesSession } from "../rows/session-row.ts";

/** A commit with its events as stored, except for what only the transaction knows. */
export interface PlannedCommit {
  commit: Commit;
  sessionId: string;
  events: readonly PlannedEvent[];
  /** Whether the session counts as updated. */
  touches: boolean;
}

export interface PlannedEvent {
  taskId: string | null;
  attempt: number | null;
  type: string;
  blockId: string | null;
  data: unknown;
  json: string;
  /** For events of a document. */
  seq: number | null;
  at: number | null;
}

/** @throws TypeError if its data can't be JSON. */
export function planCommit(commit: Commit): PlannedCommit {
  const { sessionId, events, imported } = commit;
  const planned =
    imported === undefined
      ? events.map((event) => ({
          ...plan(event.type, event.taskId, event.data),
          attempt: event.attempt ?? null,
          seq: null,
          at: null,
        }))
      : imported.map(({ taskId, type, data, seq, at }) => ({
          ...plan(type, taskId, data),
          attempt: null,
          seq,
          at,
        }));
  return { commit, sessionId, events: planned, touches: touchesSession(events) };
}

function plan(type: string, taskId: string | null, data: unknown) {
  return {
    taskId,
    type,
    data,
    blockId: blockOfPiece({ type, data } as EventBody),
    json: JSON.stringify(data),
  };
}
