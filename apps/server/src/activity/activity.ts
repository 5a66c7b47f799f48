import type { Activity, ActivityHint } from "./port.ts";

/**
 * Changes are sets per follower, so one that does not read holds at most one id per session that changed, however often
 * it did.
 */
export function createActivity(): Activity {
  const followers = new Set<Follower>();

  return {
    changed(sessionId) {
      for (const follower of followers) follower.changed(sessionId);
    },
    removed(sessionId, ownerId) {
      for (const follower of followers) follower.removed(sessionId, ownerId);
    },
    follow(ownerId, signal) {
      const follower = new Follower(ownerId);
      followers.add(follower);
      signal.addEventListener("abort", () => {
        followers.delete(follower);
        follower.wake();
      });
      return follower.hints(signal);
    },
  };
}

class Follower {
  readonly #ownerId: string;
  #changed = new Set<string>();
  #removed = new Set<string>();
  #resolve: (() => void) | undefined;

  constructor(ownerId: string) {
    this.#ownerId = ownerId;
  }

  changed(sessionId: string): void {
    this.#changed.add(sessionId);
    this.wake();
  }

  removed(sessionId: string, ownerId: string): void {
    this.#changed.delete(sessionId);
    if (ownerId !== this.#ownerId) return;
    this.#removed.add(sessionId);
    this.wake();
  }

  wake(): void {
    this.#resolve?.();
    this.#resolve = undefined;
  }

  async *hints(signal: AbortSignal): AsyncGenerator<ActivityHint, void> {
    while (!signal.aborted) {
      if (this.#changed.size === 0 && this.#removed.size === 0) {
        await new Promise<void>((resolve) => {
          this.#resolve = resolve;
        });
        continue;
      }
      const hint = { changed: [...this.#changed], removed: [...this.#removed] };
      this.#changed = new Set();
      this.#removed = new Set();
      yield hint;
    }
  }
}
