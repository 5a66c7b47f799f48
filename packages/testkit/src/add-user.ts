import { createClient, type TrunklineClient } from "@trunkline/client";
import type { Scope } from "@trunkline/contract";
import type { ServerFixture } from "./server-fixture.ts";

export interface AddedUser {
  userId: string;
  tokenId: string;
  token: string;
  client: TrunklineClient;
}

/** Adds a user and lets them in, as an admin and that user do it together. */
export async function addUser(
  server: Pick<ServerFixture, "url" | "client">,
  name: string,
  scope: Scope = "write",
): Promise<AddedUser> {
  const { id: userId } = await server.client.user.create.mutate({ name });
  const { token, secret } = await server.client.token.create.mutate({ userId, name: "first", scope });
  return {
    userId,
    tokenId: token.id,
    token: secret,
    client: createClient({ url: server.url, token: secret }),
  };
}
