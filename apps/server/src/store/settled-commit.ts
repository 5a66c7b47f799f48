import type { SessionEvent } from "@trunkline/contract";
import type { Commit, CommitResult } from "./commit.ts";
import type { Settled } from "./group-commit.ts";
import { FencedError, GuardFailedError, StoreUnavailableError, UniqueViolationError } from "./port.ts";
import type { Refusal } from "./refusal.ts";

/** A commit's result for its caller. @param at time of its events, in ms since the epoch. */
export function toSettled(
  { sessionId, events }: Commit,
  at: number,
  result: CommitResult | undefined,
): Settled<SessionEvent[]> {
  if (result === undefined)
    return { ok: false, error: new Error("the engine left out the result of a commit") };
  if (typeof result !== "number") return { ok: false, error: toError(result) };
  const stored = events.map(
    ({ taskId, type, data }, index) =>
      ({ sessionId, taskId, seq: result + index, at, type, data }) as SessionEvent,
  );
  return { ok: true, value: stored };
}

function toError({ error, detail, guard }: Refusal): Error {
  switch (error) {
    case "fenced":
      return new FencedError(detail);
    case "guard":
      return new GuardFailedError(detail, guard);
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
