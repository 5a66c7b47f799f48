import { ownName } from "../navigation/base-path.ts";
import { readStored } from "../text/stored.ts";

/** Apart from the cookie, which every server on the same host gets, this stays with this origin. */
export const PAGE_KEY_ITEM = ownName("trunkline.page-key");

/** Where the key of a browser without storage is. */
export const page = globalThis as { pageKey?: string };

/** Length of a key's random part; the user's id follows. */
const CODE_LENGTH = 43;
const userOf = (key: string | undefined): string | undefined => key?.slice(CODE_LENGTH);

let own: string | undefined;

/** What the browser was last signed in with, by whichever tab; null if it is not, or has no storage. */
export function storedKey(): string | null {
  try {
    return localStorage.getItem(PAGE_KEY_ITEM);
  } catch {
    // The sign-in holds for this page.
    return null;
  }
}

/** Another tab may have signed in since. If as somebody else, then this page is not theirs: with its own key, the server refuses it. */
export function pageKey(): string | undefined {
  const key = storedKey() ?? page.pageKey;
  if (own === undefined || userOf(key) === userOf(own)) own = key;
  return own;
}

/**
 * The user whose page this is, however long it lives. Keys from before did not say: then it is whom the browser noted as the
 * last to sign in; null if it did not.
 */
export function pageUser(): string | null {
  const id = userOf(pageKey()) || readStored("trunkline:user");
  return typeof id === "string" ? id : null;
}
