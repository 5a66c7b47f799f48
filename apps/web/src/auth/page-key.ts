import { page, PAGE_KEY_ITEM, pageKey } from "./page-user.ts";

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
