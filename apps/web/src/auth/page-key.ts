import { page, PAGE_KEY_ITEM, pageKey, storedKey } from "./page-user.ts";
import { becomeSignedOut } from "./signed-out.ts";

export const PAGE_KEY_HEADER = "x-trunkline-page-key";

/**
 * What takes the key that signing in left in the address, and keeps it. It stands in the page itself, before everything
 * else: the router writes the address that it found first back into it. Without storage the sign-in holds for this page.
 */
export const TAKE_KEY_SCRIPT = `{
  const key = /^#page-key=([\\w-]+)$/.exec(location.hash)?.[1];
  if (key !== undefined) {
    history.replaceState(history.state, "", location.pathname + location.search);
    globalThis.pageKey = key;
    try { localStorage.setItem("${PAGE_KEY_ITEM}", key); } catch {}
  }
}`;

export function keepPageKey(key: string): void {
  page.pageKey = key;
  try {
    localStorage.setItem(PAGE_KEY_ITEM, key);
  } catch {
    // As above.
  }
}

export function forgetPageKey(): void {
  const own = pageKey();
  delete page.pageKey;
  // Whoever has signed in since, while this page stayed open, keeps theirs.
  if (storedKey() !== own) return;
  try {
    localStorage.removeItem(PAGE_KEY_ITEM);
  } catch {
    // As above.
  }
}

/**
 * As `fetch`, for calls to the server that this page came from. Bodies are no streams: what was refused may be sent again.
 * Where that is refused, too, the page is signed out, whatever it asked for: a procedure, a file, an image.
 */
export async function fetchWithKey(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const send = (): Promise<Response> => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(pageKeyHeader())) headers.set(name, value);
    return fetch(input, { ...init, headers });
  };
  const key = pageKey();
  let answer = await send();
  if (answer.status === 401 && (await isKeyAnew(key, init.signal))) answer = await send();
  if (answer.status === 401 && init.signal?.aborted !== true) becomeSignedOut();
  return answer;
}

/** How long a tab that signs in may have its cookie without having stored its key, and how often to look, in ms. */
const SIGN_IN_MS = 2_000;
const LOOK_MS = 100;

/**
 * A sign-in in another tab changes the cookie of all, and only then stores the key that goes with it: between the two, and
 * for what was on its way, the server refuses a page whose user is signed in.
 *
 * @param refused the key that was sent
 * @returns whether the page's user has another by now
 */
export async function isKeyAnew(refused: string | undefined, signal?: AbortSignal | null): Promise<boolean> {
  for (let waited = 0; waited < SIGN_IN_MS && signal?.aborted !== true; waited += LOOK_MS) {
    // Signed out, or signed in as somebody else: nothing is to come.
    if (storedKey() !== refused) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return pageKey() !== refused;
}

/** What every call to the server carries. */
export function pageKeyHeader(): Readonly<Record<string, string>> {
  const key = pageKey();
  return key === undefined ? {} : { [PAGE_KEY_HEADER]: key };
}
