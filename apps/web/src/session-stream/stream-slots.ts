import { isPageHidden } from "../network/page-visibility.ts";
import type { TabLocks } from "./channel-locks.ts";
import { tabLocks } from "./tab-locks.ts";

/**
 * A browser opens six connections to one origin over HTTP/1.1, shared by all tabs. Live streams may use half of them;
 * tabs without a slot poll.
 */
const MAX_STREAMS = 3;
const CHANNEL = "trunkline:streams";

export interface Slot {
  /** Aborted when a visible tab needs a stream and this one is hidden, or when the slot is lost. */
  readonly wanted: AbortSignal;
  release(): void;
}

/** @returns a slot for one stream, until it is released or the tab is closed; null while all are taken. */
export async function takeSlot(): Promise<Slot | null> {
  const locks = await tabLocks();
  for (let place = 1; place <= MAX_STREAMS; place++) {
    const demand = new AbortController();
    const free = await tryLock(locks, `trunkline:stream:${place}`, () => demand.abort());
    if (free !== null) return watchDemand(demand, free);
  }
  return null;
}

/** Asks hidden tabs to give up a slot. */
export function askForSlot(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("wanted");
  channel.close();
}

function watchDemand(demand: AbortController, free: () => void): Slot {
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
function tryLock(locks: TabLocks, name: string, onLost: () => void): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    const asked = locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((free) => {
        resolve(free);
      });
    });
    asked.catch(onLost);
    asked.catch(reject);
  });
}
