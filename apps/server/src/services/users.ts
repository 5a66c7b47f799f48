import { TrunklineError, type User, type UserService } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import { type Auth, LOCAL_USER } from "../auth/port.ts";
import { GuardFailedError, UniqueViolationError } from "../store/port.ts";
import { requireUser } from "./ownership.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";
import { removeUser, type RemoveUserDeps } from "./remove-user.ts";

export interface UserServiceDeps extends RemoveUserDeps {
  auth: Pick<Auth, "tokensRevoked" | "recordRevocation" | "invite" | "hasJoined">;
  /** Called after a user was added, restored or removed. */
  usersChanged: () => Promise<void>;
}

export function createUserService(deps: UserServiceDeps): UserService {
  const { store, auth, audit, now, usersChanged } = deps;

  async function restore(principal: Parameters<UserService["create"]>[0], name: string): Promise<User> {
    const known = await store.users.findByName(name);
    if (known === undefined) throw new TrunklineError("not_found", `No user ${name} was removed`);
    if (known.removedAt === null) throw new TrunklineError("user_exists", `There is a user ${name} already`);
    const entry = { by: principal, action: "user.create", target: known.id, decision: "allowed" } as const;
    await auth.recordRevocation({ restoredUserId: known.id, at: now() });
    await store.users.restore(known.id, audit.entry({ ...entry, detail: `${name}, brought back` }));
    await usersChanged();
    return { ...known, removedAt: null };
  }

  return {
    me: async ({ userId, name, scopes, tokenId = null }) => ({ userId, name, scopes: [...scopes], tokenId }),

    async list(_principal, { name, cursor, limit }) {
      const users = await store.users.page({
        ...(name !== undefined && { name }),
        ...(cursor !== undefined && { beforeId: decodePageCursor(cursor).id }),
        limit: limit + 1,
      });
      return toPage(
        users,
        limit,
        (user) => user,
        ({ createdAt }) => createdAt,
      );
    },

    async create(principal, input) {
      const { name } = input;
      if (input.restore) return restore(principal, name);
      const user: User = { id: uuidv7(), name, createdAt: now(), removedAt: null };
      const entry = {
        by: principal,
        action: "user.create",
        target: user.id,
        decision: "allowed",
        detail: name,
      } as const;
      try {
        await store.users.create(user, audit.entry(entry));
      } catch (error) {
        if (!(error instanceof UniqueViolationError)) throw error;
        const known = await store.users.findByName(name);
        throw new TrunklineError(
          "user_exists",
          (known?.removedAt ?? null) === null
            ? `There is a user ${name} already`
            : `A user ${name} was removed and their sessions were kept: add the user with 'restore', or delete them first`,
        );
      }
      await usersChanged();
      return user;
    },

    async invite(principal, { userId, scope }) {
      const user = await requireUser(store, principal, userId);
      if (!principal.scopes.includes(scope)) {
        throw new TrunklineError(
          "forbidden",
          `A token can't invite with more rights than its own, as '${scope}'`,
        );
      }
      const joined = () =>
        new TrunklineError(
          "user_joined",
          `${user.name} has already joined and creates further tokens themselves. If they have ` +
            `lost them all, the operator can let them back in: start the server with TRUNKLINE_RECOVER_USER=${user.name}`,
        );
      if (await auth.hasJoined(userId)) throw joined();
      try {
        return { userId, scope, ...(await auth.invite({ userId, scope, by: principal })) };
      } catch (error) {
        if (!(error instanceof GuardFailedError)) throw error;
        await requireUser(store, principal, userId);
        throw joined();
      }
    },

    async remove(principal, input) {
      const user = await store.users.find(input.userId);
      if (user === undefined) throw new TrunklineError("not_found", `There is no user ${input.userId}`);
      if (user.name === LOCAL_USER) {
        throw new TrunklineError("forbidden", "The server's own user can't be removed");
      }
      await removeUser(deps, principal, input);
      await usersChanged();
      return (await store.users.find(user.id)) ?? { ...user, removedAt: user.removedAt ?? now() };
    },
  };
}
