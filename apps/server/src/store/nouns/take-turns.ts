import type { Kysely } from "kysely";
import type { Database } from "../schema.ts";
import { type Statement, statement } from "../statement.ts";

/**
 * First in a commit that decides by what there already is: it waits for others of this user that have it too, and what
 * follows sees what they have stored. Without it, PostgreSQL would let two count the same rows.
 */
export function takeTurns(db: Kysely<Database>, userId: string): Statement {
  return statement(
    db
      .updateTable("users")
      .set(({ ref }) => ({ name: ref("name") }))
      .where("id", "=", userId)
      .compile(),
  );
}
