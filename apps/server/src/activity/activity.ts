import type { Activity, ActivityHint } from "./port.ts";

/**
 * Followers by owner, so that a change costs others nothing. Each follower has a set: one that does not read holds at
 * most one id per changed session.
 */
export function createActivity(): Activity {
  const followers = new Map<string, Set<Follower>>();

  function forget(ownerId: string, follower: Follower): void {
    const ofOwner = followers.get(ownerId);
    ofOwner?.delete(follower);
    if (ofOwner?.size === 0) followers.delete(ownerId);
    follower.wake();
  }

  return {
    changed(sessionId, ownerId) {
      for (const follower of followers.get(ownerId) ?? []) follower.changed(sessionId);
    },
    removed(sessionId, ownerId) {
      for (const follower of followers.get(ownerId) ?? []) follower.removed(sessionId);
    },
    reset() {
      for (const ofOwner of followers.values()) for (const follower of ofOwner) follower.reset();
    },
    follow(ownerId, signal) {
      const follower = new Follower();
      // A signal that has already aborted fires no event.
      if (!signal.aborted) {
        const ofOwner = followers.get(ownerId) ?? new Set();
        followers.set(ownerId, ofOwner.add(follower));
        signal.addEventListener("abort", () => forget(ownerId, follower), { once: true });
      }
      return follower.hints(signal);
    },
  };
}

class Follower {
  #changed = new Set<string>();
  #removed = new Set<string>();
  #reset = false;
  #resolve: (() => void) | undefined;

  changed(sessionId: string): void {
    this.#changed.add(sessionId);
    this.wake();
  }

  removed(sessionId: string): void {
    this.#changed.delete(sessionId);
    this.#removed.add(sessionId);
    this.wake();
  }

  reset(): void {
    this.#reset = true;
    this.wake();
  }

  wake(): void {
    this.#resolve?.();
    this.#resolve = undefined;
  }

  async *hints(signal: AbortSignal): AsyncGenerator<ActivityHint, void> {
    while (!signal.aborted) {
      if (this.#changed.size === 0 && this.#removed.size === 0 && !this.#reset) {
        await new Promise<void>((resolve) => {
          this.#resolve = resolve;
        });
        continue;
      }
      const hint = { changed: [...this.#changed], removed: [...this.#removed], reset: this.#reset };
      this.#changed = new Set();
      this.#removed = new Set();
      this.#reset = false;
      yield hint;
    }
  }
}
