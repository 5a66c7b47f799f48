/** `/shared/SESSION`: where a shared link leads, with its secret behind `#`. */
const PATH = /^\/shared\/([^/]+)$/;

/** @returns the session of the path, if it is a shared link's; else null */
export const sharedSessionOf = (path: string): string | null => PATH.exec(path)?.[1] ?? null;

export const sharedAddress = (sessionId: string, secret: string): string => `/shared/${sessionId}#${secret}`;

/**
 * The secret of this page's address. It stays there, so that reloading works: a fragment is not sent to any server.
 *
 * @returns null where it is none
 */
export const secretOfPage = (): string | null => /^#(tl_[\w-]{43})$/.exec(window.location.hash)?.[1] ?? null;

/** A link in the transcript may lead to another fragment; another shared link is to be opened. @returns a function that stops it */
export function keepSecretInAddress(secret: string): () => void {
  const onChange = (): void => {
    const now = secretOfPage();
    if (now === null) window.history.replaceState(window.history.state, "", `#${secret}`);
    else if (now !== secret) window.location.reload();
  };
  window.addEventListener("hashchange", onChange);
  return () => window.removeEventListener("hashchange", onChange);
}
