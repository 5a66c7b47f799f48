import type { TrunklineClient } from "@trunkline/client";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";

/** @returns the id of the session that changed last. @throws CommandError where there is none yet */
export async function newestSession(client: TrunklineClient): Promise<string> {
  const { items } = await client.session.list.query({ limit: 1 });
  const [session] = items;
  if (session === undefined) {
    throw new CommandError(EXIT.usage, 'There is no session yet. `trunkline run "…"` begins one.');
  }
  return session.id;
}
