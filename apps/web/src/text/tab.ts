import { newIdempotencyKey } from "../outbox/idempotency-key.ts";

/**
 * A name for this tab that survives its reloads, so that two tabs at one place keep a draft each. A duplicated tab gets
 * a copy of the name; the lock tells, and it takes a new one.
 */
const KEY = "trunkline:tab";
const lockOf = (name: string): string => `trunkline:tab:${name}`;

let name = remembered() ?? remember(newIdempotencyKey().slice(0, 12));

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
    // Then it is this page's name and no more.
  }
  return next;
}

const locks = (): LockManager | undefined => (globalThis.navigator as Navigator | undefined)?.locks;

/** Resolves once the name is this tab's alone. */
export const tabIsNamed: Promise<void> = hold();

function hold(): Promise<void> {
  const manager = locks();
  if (manager === undefined || typeof window === "undefined") return Promise.resolve();
  return new Promise((resolve) => {
    const take = (): void => {
      manager
        .request(lockOf(name), { ifAvailable: true }, (lock) => {
          if (lock === null) {
            name = remember(newIdempotencyKey().slice(0, 12));
            take();
            return undefined;
          }
          resolve();
          // Held until the tab goes.
          return new Promise<void>(() => {});
        })
        .catch(() => resolve());
    };
    take();
  });
}

/** Names of the tabs that are open now; null where the browser cannot tell (plain HTTP from another machine). */
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
