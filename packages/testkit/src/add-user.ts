import { createClient, type TrunklineClient } from "@trunkline/client";
import type { Scope } from "@trunkline/contract";
import type { ServerFixture } from "./server-fixture.ts";

export interface AddedUser {
  userId: string;
  tokenId: string;
  token: string;
  client: TrunklineClient;
}

/** Adds a user by an admin's invitation and redeems it for a token. */
export async function addUser(
  server: Pick<ServerFixture, "url" | "client">,
  name: string,
  scope: Scope = "write",
): Promise<AddedUser> {
  const { id: userId } = await server.client.user.create.mutate({ name });
  const { code } = await server.client.user.invite.mutate({ userId, scope });
  const { tokenId, secret } = await redeemInvitation(server.url, code);
  return { userId, tokenId, token: secret, client: createClient({ url: server.url, token: secret }) };
}

/** @throws Error if the code is not accepted */
export async function redeemInvitation(
  url: string,
  code: string,
): Promise<{ userId: string; tokenId: string; secret: string }> {
  const answer = await fetch(`${url}/invite`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (answer.status !== 201) throw new Error(`POST /invite: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { userId: string; tokenId: string; secret: string };
}
