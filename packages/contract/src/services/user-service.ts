import type { Invitation, InviteUserInput } from "../invitation.ts";
import type { Principal } from "../principal.ts";
import type { Caller, CreateUserInput, ListUsersInput, RemoveUserInput, User, UserPage } from "../user.ts";

/** Every method throws TrunklineError. All but `me` need the scope `admin`. */
export interface UserService {
  me(principal: Principal): Promise<Caller>;
  list(principal: Principal, input: ListUsersInput): Promise<UserPage>;
  /** @throws `user_exists`, also if a user of this name was removed and should not be restored */
  create(principal: Principal, input: CreateUserInput): Promise<User>;
  /**
   * Creates an invitation for a user who has never had a token; earlier ones stop working.
   * @throws `user_joined`; `forbidden` if the scope exceeds the caller's
   */
  invite(principal: Principal, input: InviteUserInput): Promise<Invitation>;
  /**
   * Revokes the user's tokens, ends their streams, cancels their tasks and, if asked, deletes their sessions. Repeating
   * it resumes where it stopped. @returns the user afterwards
   */
  remove(principal: Principal, input: RemoveUserInput): Promise<User>;
}
