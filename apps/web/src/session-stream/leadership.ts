import { tabLocks } from "./tab-locks.ts";

/** One tab leads; when it is gone, for whatever reason, another one takes over, by locks. */
export interface Leadership {
  /** Takes the lead from a tab that no longer answers. */
  takeOver(): void;
}

/**
 * @param lead runs while this tab leads; its signal aborts when the lead is lost or no longer wanted. If it throws, the
 * campaign ends.
 * @param onError called once, with what `lead` threw.
 */
export function campaign(
  name: string,
  signal: AbortSignal,
  lead: (signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): Leadership {
  let candidacy = new AbortController();
  let steal = false;

  async function stand(): Promise<void> {
    const locks = await tabLocks();
    while (!signal.aborted) {
      candidacy = new AbortController();
      const term = AbortSignal.any([signal, candidacy.signal]);
      const options = steal ? { steal } : { signal: term };
      steal = false;
      const held = new AbortController();
      let failure: { error: unknown } | null = null;
      try {
        await locks.request(name, options, async () => {
          try {
            await lead(AbortSignal.any([signal, held.signal]));
          } catch (error) {
            failure = { error };
          }
        });
      } catch (error) {
        // Somebody took over, or this tab stopped waiting to take over itself.
        if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
        held.abort();
        continue;
      }
      if (failure !== null) throw (failure as { error: unknown }).error;
    }
  }

  stand().catch(onError);
  return {
    takeOver() {
      if (signal.aborted) return;
      steal = true;
      candidacy.abort(new DOMException("Taking over", "AbortError"));
    },
  };
}
