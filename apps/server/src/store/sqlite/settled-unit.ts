import type { SessionEvent } from "@trunkline/contract";
import type { Settled } from "../group-commit.ts";
import {
  type CommitUnit,
  FencedError,
  GuardFailedError,
  StoreUnavailableError,
  UniqueViolationError,
} from "../port.ts";
import type { Refusal, UnitResult } from "./refusal.ts";

/** What became of a unit, as its committer is told. @param at the time that its events got. */
export function toSettled(
  unit: CommitUnit,
  at: number,
  result: UnitResult | undefined,
): Settled<SessionEvent[]> {
  if (result === undefined)
    return { ok: false, error: new Error("the writer thread left out a unit's result") };
  if (typeof result !== "number") return { ok: false, error: toError(result) };
  const { sessionId } = unit;
  const events = unit.events.map(
    ({ taskId, type, data }, index) =>
      ({ sessionId, taskId, seq: result + index, at, type, data }) as SessionEvent,
  );
  return { ok: true, value: events };
}

function toError({ error, detail }: Refusal): Error {
  switch (error) {
    case "fenced":
      return new FencedError(detail);
    case "guard":
      return new GuardFailedError(detail);
    case "unique":
      return new UniqueViolationError(detail);
    case "invalid":
      return new Error(`the database refused a statement: ${detail}`);
    case "full":
      return new StoreUnavailableError(
        "storage_full",
        "The disk that holds the data directory is full: make room, then try again",
      );
  }
}
