interface Page extends EventTarget {
  visibilityState: string;
}

/** Outside a page, as in tests, it always counts as visible. */
const page = (): Page | undefined => (globalThis as { document?: Page }).document;

/** In tests there is no browser, either. */
const browser = globalThis as Partial<EventTarget>;

export const isPageHidden = (): boolean => page()?.visibilityState === "hidden";

/** Calls back when the page becomes visible. @returns a function that stops it. */
export function onPageVisible(listener: () => void): () => void {
  const onChange = (): void => {
    if (!isPageHidden()) listener();
  };
  page()?.addEventListener("visibilitychange", onChange);
  return () => page()?.removeEventListener("visibilitychange", onChange);
}

/** Calls back when the page is hidden: it may be closed next. @returns a function that stops it. */
export function onPageHidden(listener: () => void): () => void {
  const onChange = (): void => {
    if (isPageHidden()) listener();
  };
  page()?.addEventListener("visibilitychange", onChange);
  return () => page()?.removeEventListener("visibilitychange", onChange);
}

/** Resolves after `ms`, or when the page becomes visible, the browser's network is back or the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      stop();
      browser.removeEventListener?.("online", finish);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    const stop = onPageVisible(finish);
    browser.addEventListener?.("online", finish);
    signal.addEventListener("abort", finish);
  });
}
