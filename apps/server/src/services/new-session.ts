import { join } from "node:path";
import { MAX_TITLE_LENGTH } from "@trunkline/contract";
import type { Kysely } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { StoredDraft, Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";

export interface NewSession {
  id: string;
  workspace: string;
  write: Write;
  event: StoredDraft;
}

/** The row and the first event of a session; its id is random enough that a thousand made at once are a thousand. */
export function newSession(
  db: Kysely<Database>,
  options: {
    ownerId: string;
    title: string;
    model: string | null;
    /** Where it is a fork: of what, and up to which event. The prefix keeps its seqs, so the log goes on after it. */
    parent?: { id: string; atSeq: number; importedSeq: number };
    workspacesDir: string;
    /** Whether it is not to be found yet, while it is being filled. */
    isHidden?: boolean;
    now: number;
  },
): NewSession {
  const id = uuidv7();
  const { ownerId, title, model, parent, isHidden = false, now } = options;
  const workspace = join(options.workspacesDir, id);
  const { sql, parameters } = db
    .insertInto("sessions")
    .values({
      id,
      owner_id: ownerId,
      title,
      agent: "default",
      model,
      workspace,
      parent_id: parent?.id ?? null,
      forked_at_seq: parent?.atSeq ?? null,
      last_seq: parent?.atSeq ?? 0,
      next_pos: 1,
      imported_seq: Math.min(parent?.importedSeq ?? 0, parent?.atSeq ?? 0),
      created_at: now,
      updated_at: now,
      archived_at: null,
      import_key: null,
      deleted_at: isHidden ? now : null,
    })
    .compile();
  return {
    id,
    workspace,
    write: { sql, parameters, expectRows: 1 },
    event: { taskId: null, type: "session.created", data: { title, model } },
  };
}

export const UNTITLED = "New session";

/** A title until somebody gives a better one: the prompt's first line. */
export function titleFromPrompt(prompt: string): string {
  const line = prompt
    .trim()
    .replace(/\n[^]*$/, "")
    .trim();
  const limit = Math.min(80, MAX_TITLE_LENGTH);
  if (line.length <= limit) return line;
  // Half of a surrogate pair could not be stored.
  const start = line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${start.trimEnd()}…`;
}
