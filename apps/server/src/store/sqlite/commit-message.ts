import { blockOfPiece, type EventBody } from "@trunkline/contract";
import type { Commit } from "../commit.ts";
import type { Expectation, Fence } from "../ports/append.ts";
import type { Statement } from "../statement.ts";
import { touchesSession } from "../rows/session-row.ts";

/** A commit as decoded by the writer thread. */
export interface PlainCommit {
  sessionId: string;
  events: readonly PlainEvent[];
  statements: readonly Statement[];
  fence: Fence | undefined;
  expect: Expectation | undefined;
  ownerId: string | undefined;
  reveals: boolean;
  endedBlocks: readonly { blockId: string; fromSeq: number }[];
  /** Whether the session counts as updated. */
  touches: boolean;
  mayUseBallast: boolean;
  /** Events have their own seqs and times. */
  isImported: boolean;
}

export interface PlainEvent {
  taskId: string | null;
  attempt: number | null;
  type: string;
  blockId: string | null;
  /** JSON. */
  data: string;
  /** For events of a document. */
  seq: number | null;
  at: number | null;
}

/**
 * Commits encoded for the writer thread: a flat array of plain values, because that crosses in a third of the time of
 * nested objects. Event data is JSON from here on.
 */
export type CommitMessage = unknown[];

/** Adds a commit to the message. @throws TypeError if its data can't be JSON; the message is then unchanged. */
export function encodeCommit(message: CommitMessage, commit: Commit): void {
  const { length } = message;
  try {
    const { fence, events, expect, ownerId, reveals, imported, statements = [], endedBlocks = [] } = commit;
    // Rare parts are sent as JSON, so that ordinary commits pay nothing for them.
    const rare =
      expect === undefined && ownerId === undefined && reveals === undefined
        ? null
        : { expect, ownerId, reveals };
    message.push(
      commit.sessionId,
      touchesSession(events),
      commit.mayUseBallast ?? false,
      imported !== undefined,
    );
    message.push(rare === null ? null : JSON.stringify(rare), fence?.taskId, fence?.attempt);
    message.push(statements.length, (imported ?? events).length, endedBlocks.length);
    for (const { sql, parameters, expectRows } of statements) {
      message.push(sql, expectRows, parameters.length);
      for (const parameter of parameters) message.push(parameter);
    }
    for (const event of events) {
      message.push(
        event.taskId,
        event.attempt ?? null,
        event.type,
        blockOfPiece(event),
        JSON.stringify(event.data),
      );
    }
    for (const { taskId, type, data, seq, at } of imported ?? []) {
      message.push(
        taskId,
        null,
        type,
        blockOfPiece({ type, data } as EventBody),
        JSON.stringify(data),
        seq,
        at,
      );
    }
    for (const { blockId, fromSeq } of endedBlocks) message.push(blockId, fromSeq);
  } catch (error) {
    message.length = length;
    throw error;
  }
}

/** @returns the commits in a message written by `encodeCommit`. */
export function decodeCommits(message: CommitMessage): PlainCommit[] {
  let position = 0;
  const next = (): unknown => message[position++];
  const times = <T>(count: number, read: () => T): T[] => Array.from({ length: count }, read);

  const readStatement = (): Statement => {
    const sql = next() as string;
    const expectRows = next() as number | undefined;
    const parameters = times(next() as number, next);
    return expectRows === undefined ? { sql, parameters } : { sql, parameters, expectRows };
  };
  const readEvent = (isImported: boolean): PlainEvent => ({
    taskId: next() as PlainEvent["taskId"],
    attempt: next() as PlainEvent["attempt"],
    type: next() as string,
    blockId: next() as PlainEvent["blockId"],
    data: next() as string,
    seq: isImported ? (next() as number) : null,
    at: isImported ? (next() as number) : null,
  });

  const commits: PlainCommit[] = [];
  while (position < message.length) {
    const sessionId = next() as string;
    const touches = next() as boolean;
    const mayUseBallast = next() as boolean;
    const isImported = next() as boolean;
    const rare = next() as string | null;
    const {
      expect,
      ownerId,
      reveals = false,
    } = (rare === null ? {} : JSON.parse(rare)) as Partial<PlainCommit>;
    const taskId = next() as string | undefined;
    const attempt = next() as number | undefined;
    const statements = next() as number;
    const events = next() as number;
    const endedBlocks = next() as number;
    commits.push({
      sessionId,
      touches,
      mayUseBallast,
      isImported,
      expect,
      ownerId,
      reveals,
      fence: taskId === undefined || attempt === undefined ? undefined : { taskId, attempt },
      statements: times(statements, readStatement),
      events: times(events, () => readEvent(isImported)),
      endedBlocks: times(endedBlocks, () => ({ blockId: next() as string, fromSeq: next() as number })),
    });
  }
  return commits;
}
