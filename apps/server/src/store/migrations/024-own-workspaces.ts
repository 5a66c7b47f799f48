import { type Kysely, sql } from "kysely";

/** An imported document could name a directory that its session then worked in: each is back in its own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`update sessions set workspace = 'workspaces/' || id
    where workspace_kind <> 'in-place' and parent_session_id is null and workspace <> 'workspaces/' || id`.execute(
    db,
  );
}
