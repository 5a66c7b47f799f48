/**
 * Signs this browser in with an API token. The token itself is kept nowhere: what the browser gets is a cookie that no
 * script can read.
 *
 * @throws Error saying, for whoever has the token, why it did not do.
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
