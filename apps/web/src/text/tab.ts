import { randomKey } from "./random-key.ts";

/**
 * A tab id that survives reloads, so that two tabs in the same place keep separate drafts. A duplicated tab inherits
 * the id; a lock reveals it, and it takes a new one.
 */
const KEY = "trunkline:tab";
const lockOf = (name: string): string => `trunkline:tab:${name}`;

let name = remembered() ?? remember(randomKey().slice(0, 12));

export const tabName = (): string => name;

function remembered(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(next: string): string {
  try {
    sessionStorage.setItem(KEY, next);
  } catch {
    // Without storage, the id lasts as long as the page.
  }
  return next;
}

const locks = (): LockManager | undefined => (globalThis.navigator as Navigator | undefined)?.locks;

/** Resolves once the id is exclusively this tab's. */
export const tabIsNamed: Promise<void> = hold();

function hold(): Promise<void> {
  const manager = locks();
  if (manager === undefined || typeof window === "undefined") return Promise.resolve();
  return new Promise((resolve) => {
    const take = (): void => {
      manager
        .request(lockOf(name), { ifAvailable: true }, (lock) => {
          if (lock === null) {
            name = remember(randomKey().slice(0, 12));
            take();
            return undefined;
          }
          resolve();
          // Held until the tab is closed.
          return new Promise<void>(() => {});
        })
        .catch(() => resolve());
    };
    take();
  });
}

/** Ids of all open tabs; null if the browser can't tell (plain HTTP from another machine). */
export async function openTabs(): Promise<ReadonlySet<string> | null> {
  const manager = locks();
  if (manager === undefined) return null;
  const { held = [] } = await manager.query();
  return new Set(
    held.flatMap(({ name: lock = "" }) =>
      lock.startsWith(lockOf("")) ? [lock.slice(lockOf("").length)] : [],
    ),
  );
}
