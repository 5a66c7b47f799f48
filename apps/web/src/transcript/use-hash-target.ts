import { useEffect, useEffectEvent } from "react";
import { onNavigated } from "../navigation/navigate.ts";

/** Calls back with the seq of an event link (`#e-12`): on page load, and for each one followed. */
export function useHashTarget(go: (seq: number) => Promise<void>): void {
  const onHash = useEffectEvent(() => {
    const seq = /^#e-(\d{1,15})$/.exec(window.location.hash)?.[1];
    if (seq !== undefined) void go(Number(seq));
  });
  useEffect(() => {
    const listener = (): void => onHash();
    listener();
    return onNavigated(listener);
  }, []);
}
