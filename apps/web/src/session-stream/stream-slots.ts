import { isPageHidden } from "../network/page-visibility.ts";

/**
 * A browser opens six connections to one origin over HTTP/1.1, shared by all tabs. Live streams may use half of them;
 * tabs without a slot poll.
 */
const MAX_STREAMS = 3;
const CHANNEL = "trunkline:streams";

export interface Slot {
  /** Aborted when a visible tab needs a stream and this one is hidden. */
  readonly wanted: AbortSignal;
  release(): void;
}

/** @returns a slot for one stream, until it is released or the tab is closed; null while all are taken. */
export async function takeSlot(): Promise<Slot | null> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  // Without locks the tabs can't coordinate, so there is no limit.
  if (locks === undefined) return watchDemand(() => {});
  for (let place = 1; place <= MAX_STREAMS; place++) {
    const release = await tryLock(locks, `trunkline:stream:${place}`);
    if (release !== null) return watchDemand(release);
  }
  return null;
}

/** Asks hidden tabs to give up a slot. */
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

/** @returns a function that releases the lock; null if it is taken. */
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
