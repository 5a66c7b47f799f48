import type { Invitation, InviteUserInput } from "../invitation.ts";
import type { Principal } from "../principal.ts";
import type { Caller, CreateUserInput, ListUsersInput, RemoveUserInput, User, UserPage } from "../user.ts";

/** Every method throws TrunklineError. All but `me` are for callers with the scope `admin`. */
export interface UserService {
  me(principal: Principal): Promise<Caller>;
  list(principal: Principal, input: ListUsersInput): Promise<UserPage>;
  /** @throws `user_exists`, also where one of this name was removed and is not to be restored */
  create(principal: Principal, input: CreateUserInput): Promise<User>;
  /**
   * Makes the code that lets a user in who has never had a token. An earlier one no longer works.
   * @throws `user_joined` `forbidden` where the scope is more than the caller's
   */
  invite(principal: Principal, input: InviteUserInput): Promise<Invitation>;
  /**
   * Revokes the user's tokens, ends their streams, cancels what they had running, and, where asked to, deletes their
   * sessions. Repeated, it goes on where it was broken off. @returns the user as it is then
   */
  remove(principal: Principal, input: RemoveUserInput): Promise<User>;
}
