import { apiClient } from "../api/api-client.ts";
import { forgetSessions } from "../session-stream/kept-sessions.ts";
import { readStored, writeStored } from "../text/stored.ts";

const KEY = "trunkline:user";
let asked: Promise<string> | null = null;

/** The last user signed in here, if this browser remembers. */
export function lastUserId(): string | null {
  const id = readStored(KEY);
  return typeof id === "string" ? id : null;
}

/**
 * @returns the id of the signed-in user, fetched once. A different user than last time finds none of their data.
 * @throws what the API throws
 */
export function whoIsSignedIn(): Promise<string> {
  asked ??= ask().catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}

async function ask(): Promise<string> {
  const { userId: id } = await apiClient.user.me.query();
  if (lastUserId() !== id) {
    if (lastUserId() !== null) await forgetSessions();
    writeStored(KEY, id);
  }
  return id;
}
