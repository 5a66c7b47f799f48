import { useSyncExternalStore } from "react";

const subscribe = (): (() => void) => () => {};

export const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/** `⌘` on Apple keyboards, `Ctrl` elsewhere. */
export function useModifierKey(): string {
  return useSyncExternalStore(
    subscribe,
    () => (isApple() ? "⌘" : "Ctrl"),
    () => "Ctrl",
  );
}
