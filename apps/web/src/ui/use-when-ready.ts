import { useEffect, useEffectEvent, useRef } from "react";

/**
 * For a key that may be pressed before the answer it is about is there.
 *
 * @param subject what `act` is about, such as the text that was typed
 * @param isReady whether `act` can be done now
 * @returns does `act`, now or as soon as it is ready; not if the subject is another by then
 */
export function useWhenReady(subject: string, isReady: boolean, act: () => void): () => void {
  const asked = useRef<string | null>(null);
  const actLate = useEffectEvent(() => act());
  useEffect(() => {
    if (asked.current === null || (asked.current === subject && !isReady)) return;
    if (asked.current === subject) actLate();
    asked.current = null;
  }, [subject, isReady]);
  return () => {
    if (isReady) act();
    else asked.current = subject;
  };
}
