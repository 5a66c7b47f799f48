import { createHash } from "node:crypto";
import { type Principal, type SubmitTaskInput, TrunklineError } from "@trunkline/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { perDatabase } from "../store/per-database.ts";
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
  const { prompt, model = null, budget, idempotencyKey: key = null, whenBusy } = input;
  const insert = INSERTS[whenBusy](db, [
    id,
    prompt,
    model,
    budget === undefined ? null : JSON.stringify(budget),
    key,
    key === null ? null : requestHash(input),
    now,
    sessionId,
    principal.userId,
  ]);
  const raise = raisePosition(db, [sessionId]);
  return {
    id,
    writes: [
      { sql: insert.sql, parameters: insert.parameters, expectRows: 1 },
      { sql: raise.sql, parameters: raise.parameters, expectRows: 1 },
    ],
  };
}

const UNFINISHED = sql`from tasks where session_id = s.id and state in ('submitted', 'working', 'input-required')`;

function insertAt(pos: RawBuilder<number>, guard: RawBuilder<boolean>) {
  return perDatabase((db) =>
    sql`
    insert into tasks (id, session_id, owner_id, pos, state, reason, prompt, model, budget_json, idempotency_key,
                       request_hash, created_at)
    select ${""}, s.id, s.owner_id, ${pos}, 'submitted', 'queued', ${""}, ${""}, ${""}, ${""}, ${""}, ${0}
    from sessions as s where s.id = ${""} and s.owner_id = ${""} and s.deleted_at is null and ${guard}`.compile(
      db,
    ),
  );
}

const AT_THE_END = sql<number>`s.next_pos`;
const ALWAYS = sql<boolean>`1 = 1`;

const INSERTS: Record<SubmitTaskInput["whenBusy"], ReturnType<typeof insertAt>> = {
  enqueue: insertAt(AT_THE_END, ALWAYS),
  reject: insertAt(AT_THE_END, sql`not exists (select 1 ${UNFINISHED})`),
  // Runs next: before all that is queued, which stays queued; and before the active task, which is queued again where
  // the server dies before it is canceled.
  interrupt: insertAt(sql`coalesce((select min(pos) ${UNFINISHED}), s.next_pos) - 1`, ALWAYS),
};

const raisePosition = perDatabase((db) =>
  db
    .updateTable("sessions")
    .set({ next_pos: sql<number>`next_pos + 1` })
    .where("id", "=", "")
    .compile(),
);

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
