import { ownName } from "../navigation/base-path.ts";

/** Apart from the cookie, which every server on the same host gets, this stays with this origin. */
export const PAGE_KEY_ITEM = ownName("trunkline.page-key");
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
  delete page.pageKey;
  try {
    localStorage.removeItem(PAGE_KEY_ITEM);
  } catch {
    // As above.
  }
}

/** The user whose page this is, however long it lives; null where the sign-in is from before keys said so. */
export function pageUser(): string | null {
  return userOf(pageKey()) || null;
}

/** As `fetch`, for calls to the server that this page came from. */
export async function fetchWithKey(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(pageKeyHeader())) headers.set(name, value);
  return fetch(input, { ...init, headers });
}

/** What every call to the server carries. */
export function pageKeyHeader(): Readonly<Record<string, string>> {
  const key = pageKey();
  return key === undefined ? {} : { [PAGE_KEY_HEADER]: key };
}

const page = globalThis as { pageKey?: string };

/** Length of its random part; the user's id follows. */
const CODE_LENGTH = 43;
const userOf = (key: string | undefined): string | undefined => key?.slice(CODE_LENGTH);

let own: string | undefined;

/** Another tab may have signed in since. If as somebody else, then this page is not theirs: with its own key, the server refuses it. */
function pageKey(): string | undefined {
  let key = page.pageKey;
  try {
    key = localStorage.getItem(PAGE_KEY_ITEM) ?? key;
  } catch {
    // As above.
  }
  if (own === undefined || userOf(key) === userOf(own)) own = key;
  return own;
}
