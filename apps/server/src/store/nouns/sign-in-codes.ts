import type { Kysely } from "kysely";
import { GuardFailedError } from "../port.ts";
import type { SignInCodeStore } from "../ports/sign-in-codes.ts";
import type { Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";

export function createSignInCodeStore(db: Kysely<Database>, write: WriteStatements): SignInCodeStore {
  return {
    async put({ id, hash, userId, scope, parentId, expiresAt }, { keep, now }) {
      const expired = db.deleteFrom("sign_in_codes").where("expires_at", "<=", now);
      const insert = db
        .insertInto("sign_in_codes")
        .values({ id, hash, user_id: userId, scope, parent_id: parentId, expires_at: expiresAt });
      const kept = db
        .selectFrom("sign_in_codes")
        .select("id")
        .where("parent_id", "is not distinct from", parentId)
        .orderBy("id", "desc")
        .limit(keep);
      const pushedOut = db
        .deleteFrom("sign_in_codes")
        .where("parent_id", "is not distinct from", parentId)
        .where("id", "not in", kept);
      // Also on a full disk: who cannot come in cannot make room either.
      await write(
        [expired, insert, pushedOut].map((query) => statement(query.compile())),
        { mayUseBallast: true },
      );
    },

    async find(hash) {
      const row = await db
        .selectFrom("sign_in_codes as c")
        .innerJoin("users", "users.id", "c.user_id")
        .leftJoin("tokens", "tokens.id", "c.parent_id")
        .select(["c.user_id", "c.scope", "c.parent_id", "c.expires_at", "users.name"])
        .select("tokens.expires_at as parent_expires_at")
        .where("c.hash", "=", hash)
        .where("users.removed_at", "is", null)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return {
        hash,
        userId: row.user_id,
        userName: row.name,
        scope: row.scope,
        parentId: row.parent_id,
        parentExpiresAt: row.parent_expires_at,
        expiresAt: row.expires_at,
      };
    },

    async take(hash) {
      const taken = db.deleteFrom("sign_in_codes").where("hash", "=", hash);
      try {
        await write([statement(taken.compile(), 1)], { mayUseBallast: true });
        return true;
      } catch (error) {
        if (error instanceof GuardFailedError) return false;
        throw error;
      }
    },
  };
}
