import type { User } from "@trunkline/contract";
import type { Kysely } from "kysely";
import type { UserStore } from "../ports/users.ts";
import type { Database, UsersTable } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";
import { insertAudit } from "./audit.ts";
import { deleteMcpServers } from "./mcp-servers.ts";
import { takeTurns } from "./take-turns.ts";
import { deleteSubscriptions, subscriptionsOf } from "./pushes.ts";

export function createUserStore(db: Kysely<Database>, write: WriteStatements): UserStore {
  const find = async (column: "id" | "name", value: string): Promise<User | undefined> => {
    const row = await db.selectFrom("users").selectAll().where(column, "=", value).executeTakeFirst();
    return row === undefined ? undefined : toUser(row);
  };
  const insert = ({ id, name, createdAt, removedAt }: User) =>
    db.insertInto("users").values({ id, name, created_at: createdAt, removed_at: removedAt });

  return {
    find: async (userId) => find("id", userId),
    findByName: async (name) => find("name", name),

    async page({ name, beforeId, limit }) {
      let query = db.selectFrom("users").selectAll().orderBy("id", "desc").limit(limit);
      if (name !== undefined) query = query.where("name", "=", name);
      if (beforeId !== undefined) query = query.where("id", "<", beforeId);
      return (await query.execute()).map(toUser);
    },

    async areSeveral() {
      const users = db.selectFrom("users").select("id").where("removed_at", "is", null).limit(2);
      return (await users.execute()).length > 1;
    },

    async ensure(user) {
      await write([
        statement(
          insert(user)
            .onConflict((conflict) => conflict.column("name").doNothing())
            .compile(),
        ),
      ]);
    },

    async create(user, audit) {
      await write([statement(insert(user).compile()), insertAudit(db, audit)]);
    },

    async restore(userId, audit) {
      const bringBack = db.updateTable("users").set({ removed_at: null }).where("id", "=", userId);
      await write([statement(bringBack.compile()), insertAudit(db, audit)]);
    },

    async remove({ id, at, sessionsHiddenBy }, audit) {
      const removed = db
        .updateTable("users")
        .set({ removed_at: at })
        .where("id", "=", id)
        .where("removed_at", "is", null);
      const revoked = db
        .updateTable("tokens")
        .set({ revoked_at: at })
        .where("user_id", "=", id)
        .where("revoked_at", "is", null);
      const hidden = db
        .updateTable("sessions")
        .set({ deleted_at: at, hidden_by: sessionsHiddenBy })
        .where("owner_id", "=", id)
        .where("deleted_at", "is", null);
      await write(
        [
          statement(removed.compile()),
          statement(revoked.compile()),
          ...(sessionsHiddenBy !== null ? [statement(hidden.compile())] : []),
          statement(db.deleteFrom("shares").where("owner_id", "=", id).compile()),
          statement(db.deleteFrom("invitations").where("user_id", "=", id).compile()),
          ...deleteSubscriptions(db, subscriptionsOf(db, id)),
          // Their secrets go in any case.
          ...deleteMcpServers(db, db.selectFrom("users").select("id").where("id", "=", id)),
          statement(db.deleteFrom("provider_keys").where("user_id", "=", id).compile()),
          statement(db.deleteFrom("mcp_authorizations").where("user_id", "=", id).compile()),
          insertAudit(db, audit),
        ],
        { mayUseBallast: true },
      );
    },

    async shutOut({ id, at, isRemoved }) {
      const revoked = db
        .updateTable("tokens")
        .set({ revoked_at: at })
        .where("user_id", "=", id)
        .where("created_at", "<=", at)
        .where("revoked_at", "is", null);
      const removed = db
        .updateTable("users")
        .set({ removed_at: at })
        .where("id", "=", id)
        .where("removed_at", "is", null);
      const shares = db.deleteFrom("shares").where("owner_id", "=", id).where("created_at", "<=", at);
      const invitations = db
        .deleteFrom("invitations")
        .where("user_id", "=", id)
        .where("created_at", "<=", at);
      await write([
        takeTurns(db, id),
        statement(revoked.compile()),
        statement(shares.compile()),
        statement(invitations.compile()),
        ...(isRemoved ? [statement(removed.compile())] : []),
      ]);
    },

    async forget(userId) {
      await write(
        [
          statement(db.deleteFrom("invitations").where("user_id", "=", userId).compile()),
          statement(db.deleteFrom("tokens").where("user_id", "=", userId).compile()),
          statement(db.deleteFrom("users").where("id", "=", userId).compile()),
        ],
        { mayUseBallast: true },
      );
    },
  };
}

function toUser({ id, name, created_at: createdAt, removed_at: removedAt }: UsersTable): User {
  return { id, name, createdAt, removedAt };
}
