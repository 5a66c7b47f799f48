import { TrunklineError, type User, type UserService } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import { LOCAL_USER } from "../auth/port.ts";
import { UniqueViolationError } from "../store/port.ts";
import type { UsersTable } from "../store/schema.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";
import { removeUser, type RemoveUserDeps } from "./remove-user.ts";

export interface UserServiceDeps extends RemoveUserDeps {
  /** Called after a user was added, brought back or removed. */
  usersChanged: () => Promise<void>;
}

export function createUserService(deps: UserServiceDeps): UserService {
  const { store, audit, now, usersChanged } = deps;
  const find = (column: "id" | "name", value: string) =>
    store.db.selectFrom("users").selectAll().where(column, "=", value).executeTakeFirst();

  async function restore(principal: Parameters<UserService["create"]>[0], name: string): Promise<User> {
    const known = await find("name", name);
    if (known === undefined) throw new TrunklineError("not_found", `No user ${name} was removed`);
    if (known.removed_at === null) throw new TrunklineError("user_exists", `There is a user ${name} already`);
    const entry = { by: principal, action: "user.create", target: known.id, decision: "allowed" } as const;
    await store.write([
      store.db.updateTable("users").set({ removed_at: null }).where("id", "=", known.id).compile(),
      audit.statement({ ...entry, detail: `${name}, brought back` }),
    ]);
    await usersChanged();
    return toUser({ ...known, removed_at: null });
  }

  return {
    me: async ({ userId, name, scopes, tokenId = null }) => ({ userId, name, scopes: [...scopes], tokenId }),

    async list(_principal, { name, cursor, limit }) {
      let query = store.db
        .selectFrom("users")
        .selectAll()
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (name !== undefined) query = query.where("name", "=", name);
      if (cursor !== undefined) query = query.where("id", "<", decodePageCursor(cursor).id);
      const rows = await query.execute();
      return toPage(rows, limit, toUser, ({ createdAt }) => createdAt);
    },

    async create(principal, input) {
      const { name } = input;
      if (input.restore) return restore(principal, name);
      const row = { id: uuidv7(), name, created_at: now(), removed_at: null };
      const entry = {
        by: principal,
        action: "user.create",
        target: row.id,
        decision: "allowed",
        detail: name,
      } as const;
      try {
        await store.write([store.db.insertInto("users").values(row).compile(), audit.statement(entry)]);
      } catch (error) {
        if (!(error instanceof UniqueViolationError)) throw error;
        const known = await find("name", name);
        throw new TrunklineError(
          "user_exists",
          (known?.removed_at ?? null) === null
            ? `There is a user ${name} already`
            : `A user ${name} was removed and their sessions were kept: bring them back with 'restore', or delete them first`,
        );
      }
      await usersChanged();
      return toUser(row);
    },

    async remove(principal, input) {
      const row = await find("id", input.userId);
      if (row === undefined) throw new TrunklineError("not_found", `There is no user ${input.userId}`);
      if (row.name === LOCAL_USER) {
        throw new TrunklineError("forbidden", "The server's own user cannot be removed");
      }
      await removeUser(deps, principal, input);
      await usersChanged();
      return toUser((await find("id", row.id)) ?? { ...row, removed_at: row.removed_at ?? now() });
    },
  };
}

function toUser({ id, name, created_at: createdAt, removed_at: removedAt }: UsersTable): User {
  return { id, name, createdAt, removedAt };
}
