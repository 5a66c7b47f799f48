import { type ComponentType, type ReactNode, useEffect, useState } from "react";

export type Preloaded<Props> = ComponentType<Props> & {
  /** Fetches the code ahead of use, so that it also works offline. */
  preload(): Promise<void>;
};

/** Interval of retries, in ms. */
const RETRY_MS = 3_000;

/**
 * A lazily loaded component. Unlike `next/dynamic`, a failed load is retried the next time, and the failure is an error
 * of this component only.
 *
 * @param Loading placeholder
 * @param whenItFails `throw` for what somebody has opened, in an error boundary that says so; `wait` for a part of
 *   something else, whose placeholder stays until the network is back.
 */
export function preloaded<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Loading: ComponentType = () => null,
  whenItFails: "throw" | "wait" = "throw",
): Preloaded<Props> {
  let Loaded: ComponentType<Props> | null = null;
  const preload = async (): Promise<void> => {
    Loaded ??= await load();
  };
  function Part(props: Props): ReactNode {
    const [, render] = useState(0);
    const [error, setError] = useState<Error | null>(null);
    useEffect(() => {
      if (Loaded !== null) return undefined;
      let isShown = true;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const start = (): void => {
        preload().then(
          () => isShown && render((count) => count + 1),
          (reason: unknown) => {
            if (!isShown) return;
            if (whenItFails === "wait") timer = setTimeout(start, RETRY_MS);
            else setError(reason instanceof Error ? reason : new Error(String(reason)));
          },
        );
      };
      start();
      return () => {
        isShown = false;
        clearTimeout(timer);
      };
    }, []);
    if (error !== null) throw error;
    return Loaded === null ? <Loading /> : <Loaded {...props} />;
  }
  return Object.assign(Part, { preload });
}
