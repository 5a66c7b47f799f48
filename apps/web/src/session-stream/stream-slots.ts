import { isPageHidden } from "./page-visibility.ts";

/**
 * A browser opens six connections to one origin over HTTP/1.1, for all of its tabs together. Live streams may take half
 * of them, whatever number of sessions is shown; the tabs that got none ask from time to time.
 */
const MAX_STREAMS = 3;
const CHANNEL = "trunkline:streams";

export interface Slot {
  /** Aborted when a tab that somebody looks at has no stream, and nobody looks at this one. */
  readonly wanted: AbortSignal;
  release(): void;
}

/** @returns the right to hold one stream open, until it is released or the tab goes; null while all are taken. */
export async function takeSlot(): Promise<Slot | null> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  // Without locks the tabs cannot agree; nobody counts then.
  if (locks === undefined) return watchDemand(() => {});
  for (let place = 1; place <= MAX_STREAMS; place++) {
    const release = await tryLock(locks, `trunkline:stream:${place}`);
    if (release !== null) return watchDemand(release);
  }
  return null;
}

/** Asks the tabs that nobody looks at to give up a slot. */
export function askForSlot(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("wanted");
  channel.close();
}

function watchDemand(free: () => void): Slot {
  const demand = new AbortController();
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", () => {
    if (isPageHidden()) demand.abort();
  });
  return {
    wanted: demand.signal,
    release() {
      channel.close();
      free();
    },
  };
}

/** @returns what frees the lock; null where it is held by somebody else. */
function tryLock(locks: Navigator["locks"], name: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((free) => {
          resolve(free);
        });
      })
      .catch(reject);
  });
}
