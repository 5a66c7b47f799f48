import { keepPageKey } from "./page-key.ts";
import { placed } from "../navigation/base-path.ts";

interface Answer {
  pageKey?: string;
  error?: { message?: string };
}

/**
 * Signs this browser in with an API token. The token is not stored: the browser gets a cookie that scripts can't
 * read, and a key that other origins can't.
 *
 * @throws Error with a message for the user.
 */
export async function signInWithToken(token: string): Promise<void> {
  const answer = await fetch(placed("/sign-in"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  }).catch(() => null);
  if (answer === null) throw new Error("Couldn't reach the server. Try again in a moment.");
  const body = (await answer.json().catch(() => null)) as Answer | null;
  if (answer.ok && body?.pageKey !== undefined) return keepPageKey(body.pageKey);
  throw new Error(body?.error?.message ?? `The server answered ${answer.status}.`);
}
