/**
 * Signs this browser in with an API token. The token is not stored: the browser gets a cookie that scripts can't read.
 *
 * @throws Error with a message for the user.
 */
export async function signInWithToken(token: string): Promise<void> {
  const answer = await fetch("/sign-in", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  }).catch(() => null);
  if (answer === null) throw new Error("Couldn't reach the server. Try again in a moment.");
  if (answer.ok) return;
  const body = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null;
  throw new Error(body?.error?.message ?? `The server answered ${answer.status}.`);
}
