import { createClient, isApiError } from "@trunkline/client";
import type { CreatedToken } from "@trunkline/contract";

export interface CreateTokenInput {
  name: string;
  scope: "read" | "write" | "admin";
  expiresAt?: number;
}

/**
 * The cookie alone does not do: other servers on this host get to see it, and could make themselves a token that lasts. So
 * the call comes with a token that somebody enters; it is kept nowhere.
 *
 * @param confirmation a token of the user's, with the rights that the new one is to have
 */
export async function createToken(input: CreateTokenInput, confirmation: string): Promise<CreatedToken> {
  try {
    return await createClient({ url: "", token: confirmation }).token.create.mutate(input);
  } catch (error) {
    // About the token that was entered: the browser itself is still signed in.
    if (isApiError(error, "unauthorized"))
      throw new Error("This token doesn't work. Enter one of yours that does.", { cause: error });
    throw error;
  }
}
