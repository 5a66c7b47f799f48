import { BASE_PATH } from "../navigation/base-path.ts";
import { createClient, isApiError } from "@trunkline/client";
import type { CreatedToken } from "@trunkline/contract";

export interface CreateTokenInput {
  name: string;
  scope: "read" | "write" | "admin";
  expiresAt?: number;
}

/**
 * The cookie alone is not enough: other servers on this host receive it and could create a lasting token. So the user
 * enters a token for this call; it is not stored.
 *
 * @param confirmation a token of the user with at least the rights of the new one
 */
export async function createToken(input: CreateTokenInput, confirmation: string): Promise<CreatedToken> {
  try {
    return await createClient({ url: BASE_PATH, token: confirmation }).token.create.mutate(input);
  } catch (error) {
    // Refers to the entered token: the browser itself is still signed in.
    if (isApiError(error, "unauthorized"))
      throw new Error("This token doesn't work. Enter one of yours that does.", { cause: error });
    throw error;
  }
}
