import { actForTasksOf } from "../fairness/caller.ts";
import type { Dispatcher, Doorbell } from "./port.ts";
import { FairQueue } from "./fair-queue.ts";
import { Slots } from "./slots.ts";

/**
 * The dispatcher of a single node. After a crash, the next start rings for sessions with work according to their rows.
 * @param options.isShared whether slots are reserved for owners with nothing running
 */
export function createInProcessDispatcher({
  concurrency,
  isShared = () => false,
}: {
  concurrency: number;
  isShared?: () => boolean;
}): Dispatcher {
  const waiting = new FairQueue();
  const slots = new Slots(concurrency, isShared);
  /** Sessions whose handler is running; true if rung meanwhile. */
  const running = new Map<string, boolean>();
  let handler: ((sessionId: string) => Promise<boolean>) | undefined;
  let isPaused = false;
  let stopped: (() => void) | undefined;

  function pump(): void {
    while (handler !== undefined && !isPaused && stopped === undefined && !slots.isFull) {
      const bell = waiting.take(slots.runningOf, slots.mayTake);
      if (bell === undefined) return;
      running.set(bell.sessionId, false);
      slots.take(bell.ownerId);
      const handle = handler;
      // Whoever rings has nothing to do with how it goes on.
      void actForTasksOf(bell.ownerId, async () => serve(bell, handle));
    }
  }

  async function serve(bell: Doorbell, handle: (sessionId: string) => Promise<boolean>): Promise<void> {
    const more = await handle(bell.sessionId);
    const rungMeanwhile = running.get(bell.sessionId);
    running.delete(bell.sessionId);
    slots.give(bell.ownerId);
    waiting.served(bell.ownerId);
    if (more || rungMeanwhile) waiting.add(bell);
    if (running.size === 0) stopped?.();
    pump();
  }

  return {
    ring(bell) {
      if (running.has(bell.sessionId)) running.set(bell.sessionId, true);
      else waiting.add(bell);
      pump();
    },
    start(newHandler) {
      handler = newHandler;
      pump();
    },
    pause() {
      isPaused = true;
    },
    silentMs: () => 0,

    resume() {
      isPaused = false;
      pump();
    },

    async stop() {
      await new Promise<void>((resolve) => {
        stopped = resolve;
        if (running.size === 0) resolve();
      });
    },
  };
}
