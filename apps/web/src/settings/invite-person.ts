import { BASE_PATH } from "../navigation/base-path.ts";
import { createClient, isApiError } from "@trunkline/client";
import type { Invitation, User } from "@trunkline/contract";

/** A new person, or one who was removed or has not joined yet. */
export type Invited = { name: string; restore: boolean } | { user: User };

export interface InvitedPerson {
  name: string;
  invitation: Invitation;
}

/**
 * The cookie alone is not enough, as for tokens (create-token.ts).
 *
 * @param confirmation an admin's token
 */
export async function invitePerson(
  invited: Invited,
  scope: Invitation["scope"],
  confirmation: string,
): Promise<InvitedPerson> {
  const client = createClient({ url: BASE_PATH, token: confirmation });
  try {
    const user = "user" in invited ? invited.user : await client.user.create.mutate(invited);
    return { name: user.name, invitation: await client.user.invite.mutate({ userId: user.id, scope }) };
  } catch (error) {
    // The one thing is done, and the other is not an admin's to do.
    if (isApiError(error, "user_joined") && !("user" in invited) && invited.restore)
      throw new Error(`${invited.name} is back. ${error.message}`, { cause: error });
    if (isApiError(error, "unauthorized"))
      throw new Error("This token doesn't work. Enter one of yours that does.", { cause: error });
    throw error;
  }
}
