interface Page extends EventTarget {
  visibilityState: string;
}

/** Outside of a page, as in tests, there is always somebody who looks. */
const page = (): Page | undefined => (globalThis as { document?: Page }).document;

export const isPageHidden = (): boolean => page()?.visibilityState === "hidden";

/** Calls back whenever somebody begins to look at the page. @returns what ends it. */
export function onPageVisible(listener: () => void): () => void {
  const onChange = (): void => {
    if (!isPageHidden()) listener();
  };
  page()?.addEventListener("visibilitychange", onChange);
  return () => page()?.removeEventListener("visibilitychange", onChange);
}

/** Calls back whenever nobody looks at the page any more: it may be gone next. @returns what ends it. */
export function onPageHidden(listener: () => void): () => void {
  const onChange = (): void => {
    if (isPageHidden()) listener();
  };
  page()?.addEventListener("visibilitychange", onChange);
  return () => page()?.removeEventListener("visibilitychange", onChange);
}

/** Resolves after `ms`, or earlier when somebody begins to look at the page or the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    const stop = onPageVisible(finish);
    signal.addEventListener("abort", finish);
  });
}
