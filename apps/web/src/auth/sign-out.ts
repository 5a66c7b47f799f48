import { placed } from "../navigation/base-path.ts";
import { forgetSessions } from "../session-stream/kept-sessions.ts";
import { showToast } from "../ui/toasts.ts";
import { fetchWithKey, forgetPageKey } from "./page-key.ts";
import { signedOut } from "./signed-out.ts";

/** Ends this browser's sign-in. What the server sent is forgotten; what was typed is kept, and tasks keep running. */
export async function signOut(): Promise<void> {
  try {
    const answer = await fetchWithKey(placed("/api/sign-out"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    // It may have ended already, such as in another tab.
    if (!answer.ok && answer.status !== 401) throw new Error(`The server answered ${answer.status}.`);
  } catch (error) {
    // What `fetch` throws where there is no answer (WHATWG Fetch).
    const isOffline = error instanceof TypeError;
    const detail = isOffline ? "You're offline. This browser is still signed in." : (error as Error).message;
    showToast("Couldn't sign out", { detail, level: "error" });
    return;
  }
  forgetPageKey();
  signedOut.setState(true, true);
  await forgetSessions();
}
