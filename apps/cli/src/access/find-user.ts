import type { TrunklineClient } from "@trunkline/client";
import type { User } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";

/** @throws CommandError if there is no such user; TrunklineApiError if the caller is not an admin */
export async function findUser(client: TrunklineClient, name: string): Promise<User> {
  const { items } = await client.user.list.query({ name });
  const [user] = items;
  if (user === undefined) throw new CommandError(EXIT.usage, `There is no user '${name}'.`);
  return user;
}
