import { createHash } from "node:crypto";
import { type Principal, type SubmitTaskInput, TrunklineError } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";

/** What a submit stores for the task itself. */
export interface NewTask {
  id: string;
  writes: Write[];
}

/**
 * Inserts the task at its place in the session's queue, in one statement that reads the place and checks what
 * `whenBusy` demands, so that two submits at once cannot disagree. The guard fails where `reject` finds the session
 * busy, or where the session is not the caller's.
 */
export function newTask(
  db: Kysely<Database>,
  principal: Principal,
  sessionId: string,
  input: SubmitTaskInput,
  now: number,
): NewTask {
  const id = uuidv7();
  const unfinished = sql`select 1 from tasks where session_id = ${sessionId} and state in ('submitted', 'working', 'input-required')`;
  const first = sql`select min(pos) from tasks where session_id = ${sessionId} and state in ('submitted', 'working', 'input-required')`;
  // An interrupting task runs next: before all that is queued, which stays queued; and before the active task, which
  // is queued again where the server dies before it is canceled.
  const pos = input.whenBusy === "interrupt" ? sql`coalesce((${first}), next_pos) - 1` : sql`next_pos`;
  const guard = input.whenBusy === "reject" ? sql`and not exists (${unfinished})` : sql``;
  const budget = input.budget === undefined ? null : JSON.stringify(input.budget);
  const key = input.idempotencyKey ?? null;
  const insert = sql`
    insert into tasks (id, session_id, owner_id, pos, state, reason, prompt, model, budget_json, idempotency_key,
                       request_hash, created_at)
    select ${id}, id, owner_id, ${pos}, 'submitted', 'queued', ${input.prompt}, ${input.model ?? null}, ${budget},
           ${key}, ${key === null ? null : requestHash(input)}, ${now}
    from sessions where id = ${sessionId} and owner_id = ${principal.userId} and deleted_at is null ${guard}`.compile(
    db,
  );
  const raise = db
    .updateTable("sessions")
    .set({ next_pos: sql<number>`next_pos + 1` })
    .where("id", "=", sessionId)
    .compile();
  return {
    id,
    writes: [
      { sql: insert.sql, parameters: insert.parameters, expectRows: 1 },
      { sql: raise.sql, parameters: raise.parameters, expectRows: 1 },
    ],
  };
}

/** SHA-256, hex, of what makes two submits the same. */
export function requestHash({ prompt, sessionId, whenBusy, model, budget }: SubmitTaskInput): string {
  const body = JSON.stringify([prompt, sessionId ?? null, whenBusy, model ?? null, budget ?? null]);
  return createHash("sha256").update(body).digest("hex");
}

export function sessionBusy(sessionId: string): TrunklineError {
  return new TrunklineError(
    "session_busy",
    `Session ${sessionId} has an unfinished task; wait for it, or submit with whenBusy 'enqueue' or 'interrupt'`,
  );
}

export function idempotencyConflict(): TrunklineError {
  return new TrunklineError(
    "idempotency_conflict",
    "This idempotencyKey was used for a different submit; use a new key for a new task",
  );
}
