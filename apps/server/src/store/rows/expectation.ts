import type { Expectation } from "../ports/append.ts";
import { refuse } from "../refusal.ts";
import type { RowReader } from "./row-change.ts";

/**
 * Checks the expectations of an append, in its transaction.
 * @param isThere whether a session exists and is visible.
 * @throws Refused for the first that fails.
 */
export function checkExpectation(
  { ownerId, notSubagent, notArchived, title, notBusy, task, sessionId }: Expectation,
  rows: RowReader,
  isThere: (sessionId: string) => boolean,
): void {
  if (ownerId !== undefined) {
    const session = rows.session();
    if (session?.owner_id !== ownerId || session.deleted_at !== null) {
      throw refuse("session", "there is no such session");
    }
  }
  if (notSubagent === true && (rows.session()?.parent_session_id ?? null) !== null) {
    throw refuse("subagent", "the session is a subagent's");
  }
  if (notArchived === true && (rows.session()?.archived_at ?? null) !== null) {
    throw refuse("archived", "the session is archived");
  }
  if (title !== undefined && rows.session()?.title !== title) {
    throw refuse("title", "the session has another title");
  }
  if (notBusy === true && rows.firstUnfinishedPos() !== undefined) {
    throw refuse("busy", "the session has an unfinished task");
  }
  if (task !== undefined) {
    const row = rows.task(task.id);
    const { states, attempt, steerSeq } = task;
    if (
      row === undefined ||
      (states !== undefined && !states.includes(row.state)) ||
      (attempt !== undefined && row.attempt !== attempt) ||
      (steerSeq !== undefined && row.steer_seq !== steerSeq)
    ) {
      throw refuse(
        "task",
        `task ${task.id} is ${row === undefined ? "gone" : `${row.state}, attempt ${row.attempt}`}`,
      );
    }
  }
  if (sessionId !== undefined && !isThere(sessionId)) throw refuse("session", `session ${sessionId} is gone`);
}
