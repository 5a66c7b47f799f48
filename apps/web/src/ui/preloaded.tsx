import { type ComponentType, type ReactNode, useEffect, useState } from "react";

export type Preloaded<Props> = ComponentType<Props> & {
  /** Fetches the code ahead of use, so that it also works offline. */
  preload(): Promise<void>;
};

/**
 * A lazily loaded component. Unlike `next/dynamic`, a failed load is retried the next time, and the failure is an error
 * of this component only.
 *
 * @param loading placeholder
 */
export function preloaded<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  loading: () => ReactNode = () => null,
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
      preload().then(
        () => isShown && render((count) => count + 1),
        (reason: unknown) =>
          isShown && setError(reason instanceof Error ? reason : new Error(String(reason))),
      );
      return () => {
        isShown = false;
      };
    }, []);
    if (error !== null) throw error;
    return Loaded === null ? loading() : <Loaded {...props} />;
  }
  return Object.assign(Part, { preload });
}
