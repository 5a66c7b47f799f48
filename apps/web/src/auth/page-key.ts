/** Apart from the cookie, which every server on the same host gets, this stays with this origin. */
const ITEM = "trunkline.page-key";
const HEADER = "x-trunkline-page-key";

let inMemory: string | null = null;

/** Takes the key that signing in left in the address out of it, and keeps it. */
export function takeKeyFromAddress(): void {
  const key = /^#page-key=([\w-]+)$/.exec(location.hash)?.[1];
  if (key === undefined) return;
  keepPageKey(key);
  history.replaceState(history.state, "", location.pathname + location.search);
}

export function keepPageKey(key: string): void {
  inMemory = key;
  try {
    localStorage.setItem(ITEM, key);
  } catch {
    // Without storage the sign-in holds for as long as this page is open.
  }
}

/** As `fetch`, for calls to the server that this page came from. */
export async function fetchWithKey(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const key = pageKey();
  if (key === null) return fetch(input, init);
  const headers = new Headers(init.headers);
  headers.set(HEADER, key);
  return fetch(input, { ...init, headers });
}

function pageKey(): string | null {
  try {
    // Another tab may have signed in since.
    return localStorage.getItem(ITEM) ?? inMemory;
  } catch {
    return inMemory;
  }
}
