import type { CommitUnit, StoredDraft } from "../port.ts";
import { isPiece } from "../delta-merge.ts";
import type { PlainEvent, PlainUnit, PlainWrite } from "./commit-units.ts";

/**
 * Units on their way to the writer thread: one flat array of plain values, because that crosses in a third of the time
 * that nested objects take. Event data is JSON from here on.
 */
export type UnitMessage = unknown[];

/** Adds a unit to the message. @throws TypeError where its data cannot be JSON; the message is then as it was. */
export function encodeUnit(message: UnitMessage, unit: CommitUnit): void {
  const { length } = message;
  try {
    const { fence, writes = [], events, endedBlocks = [] } = unit;
    message.push(unit.sessionId, !isPiece(unit), unit.mayUseBallast ?? false);
    message.push(fence?.taskId, fence?.attempt, writes.length, events.length, endedBlocks.length);
    for (const { sql, parameters, expectRows } of writes) {
      message.push(sql, expectRows, parameters.length);
      for (const parameter of parameters) message.push(parameter);
    }
    for (const event of events) encodeEvent(message, event);
    for (const { blockId, fromSeq } of endedBlocks) message.push(blockId, fromSeq);
  } catch (error) {
    message.length = length;
    throw error;
  }
}

function encodeEvent(message: UnitMessage, { taskId, attempt, type, blockId, data }: StoredDraft): void {
  message.push(taskId, attempt ?? null, type, blockId ?? null, JSON.stringify(data));
}

/** @returns about how long a unit's message is: the strings in it, one level deep. */
export function charactersOf({ events, writes = [] }: CommitUnit): number {
  let characters = 0;
  for (const { parameters } of writes) characters += lengthOfStrings(parameters);
  for (const { data } of events) characters += lengthOfStrings(Object.values(data));
  return characters;
}

function lengthOfStrings(values: readonly unknown[]): number {
  let length = 0;
  for (const value of values) if (typeof value === "string") length += value.length;
  return length;
}

/** @returns the units of a message, which only `encodeUnit` has written to. */
export function decodeUnits(message: UnitMessage): PlainUnit[] {
  let position = 0;
  const next = (): unknown => message[position++];
  const times = <T>(count: number, read: () => T): T[] => Array.from({ length: count }, read);

  const readWrite = (): PlainWrite => {
    const sql = next() as string;
    const expectRows = next() as number | undefined;
    return { sql, expectRows, parameters: times(next() as number, next) };
  };
  const readEvent = (): PlainEvent => ({
    taskId: next() as PlainEvent["taskId"],
    attempt: next() as PlainEvent["attempt"],
    type: next() as string,
    blockId: next() as PlainEvent["blockId"],
    data: next() as string,
  });

  const units: PlainUnit[] = [];
  while (position < message.length) {
    const sessionId = next() as string;
    const touches = next() as boolean;
    const mayUseBallast = next() as boolean;
    const taskId = next() as string | undefined;
    const attempt = next() as number | undefined;
    const writes = next() as number;
    const events = next() as number;
    const endedBlocks = next() as number;
    units.push({
      sessionId,
      touches,
      mayUseBallast,
      fence: taskId === undefined || attempt === undefined ? undefined : { taskId, attempt },
      writes: times(writes, readWrite),
      events: times(events, readEvent),
      endedBlocks: times(endedBlocks, () => ({ blockId: next() as string, fromSeq: next() as number })),
    });
  }
  return units;
}
