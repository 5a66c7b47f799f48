import { apiClient } from "../api/api-client.ts";
import { forgetSessions } from "../session-stream/kept-sessions.ts";
import { readStored, writeStored } from "../text/stored.ts";
import { pageUser } from "./page-user.ts";

const KEY = "trunkline:user";
let asked: Promise<string> | null = null;

/** Whose page this is, or who was the last to sign in here, if this browser remembers. */
export function lastUserId(): string | null {
  return pageUser() ?? storedUserId();
}

function storedUserId(): string | null {
  const id = readStored(KEY);
  return typeof id === "string" ? id : null;
}

/**
 * @returns the id of this page's user, fetched once where its key does not say. A different user than last time finds none of their data.
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
  const id = pageUser() ?? (await apiClient.user.me.query()).userId;
  const last = storedUserId();
  if (last !== id) {
    if (last !== null) await forgetSessions();
    writeStored(KEY, id);
  }
  return id;
}
