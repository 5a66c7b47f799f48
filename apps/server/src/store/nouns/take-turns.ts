import type { Expression, Kysely } from "kysely";
import type { Database } from "../schema.ts";
import { type Statement, statement } from "../statement.ts";

/**
 * First in a commit that decides by what there already is: it waits for others of this user that have it too, and what
 * follows sees what they have stored. Without it, PostgreSQL would let two count the same rows, or one add what another removes.
 */
export function takeTurns(db: Kysely<Database>, userId: string | Expression<string>): Statement {
  return statement(
    db
      .updateTable("users")
      .set(({ ref }) => ({ name: ref("name") }))
      .where("id", "=", userId)
      .compile(),
  );
}
