/**
 * One of all tabs leads, and when it goes, for whatever reason, another one does: the browser's own locks see to it
 * (W3C Web Locks). Where there are none, as on plain HTTP from another machine, every tab leads for itself.
 */
export interface Leadership {
  /** Takes the lead from a tab that holds it and no longer answers. */
  takeOver(): void;
}

/**
 * @param lead runs while this tab leads; its signal says that the lead was lost or is not wanted any more. What it
 * throws ends the campaign.
 * @param onError told once, with what `lead` threw.
 */
export function campaign(
  name: string,
  signal: AbortSignal,
  lead: (signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): Leadership {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  let candidacy = new AbortController();
  let steal = false;

  async function stand(): Promise<void> {
    if (locks === undefined) return lead(signal);
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
        // Somebody took over, or this tab gave up waiting so as to take over itself.
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
      if (signal.aborted || locks === undefined) return;
      steal = true;
      candidacy.abort(new DOMException("Taking over", "AbortError"));
    },
  };
}
