import type { Dispatcher, Doorbell } from "./port.ts";
import { FairQueue } from "./fair-queue.ts";
import { Slots } from "./slots.ts";

/** What a dispatcher of several nodes asks of a node's own. */
export interface NodeDispatcher extends Dispatcher {
  /** Slots that nobody has; 0 while it does not take sessions. */
  freeSlots(): number;
  runningOf(ownerId: string): number;
  isWaiting(bell: Doorbell): boolean;
  /** Starts no more handlers. @returns sessions that were rung, and wait. */
  leaveWaiting(): Doorbell[];
}

export interface InProcessOptions {
  concurrency: number;
  /** Whether slots are kept for owners who have nothing running. */
  isShared?: () => boolean;
  /** A session was served; `more`: it has more to do, or may have. */
  onServed?: (bell: Doorbell, more: boolean) => void;
}

/** The dispatcher of a single node. What it forgets in a crash is swept up from the task rows at the next start. */
export function createInProcessDispatcher({
  concurrency,
  isShared = () => false,
  onServed = () => undefined,
}: InProcessOptions): NodeDispatcher {
  const waiting = new FairQueue();
  const slots = new Slots(concurrency, isShared);
  /** Sessions whose handler runs; true where they were rung meanwhile. */
  const running = new Map<string, boolean>();
  let handler: ((sessionId: string) => Promise<boolean>) | undefined;
  let stopped: (() => void) | undefined;

  function pump(): void {
    while (handler !== undefined && stopped === undefined && !slots.isFull) {
      const bell = waiting.take(slots.runningOf, slots.mayTake);
      if (bell === undefined) return;
      running.set(bell.sessionId, false);
      slots.take(bell.ownerId);
      void serve(bell, handler);
    }
  }

  async function serve(bell: Doorbell, handle: (sessionId: string) => Promise<boolean>): Promise<void> {
    const more = await handle(bell.sessionId);
    const rungMeanwhile = running.get(bell.sessionId);
    running.delete(bell.sessionId);
    slots.give(bell.ownerId);
    waiting.served(bell.ownerId);
    const mayHaveMore = more || rungMeanwhile === true;
    if (mayHaveMore) waiting.add(bell);
    if (running.size === 0) stopped?.();
    pump();
    onServed(bell, mayHaveMore);
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
    async stop() {
      await new Promise<void>((resolve) => {
        stopped = resolve;
        if (running.size === 0) resolve();
      });
    },
    freeSlots: () => (handler === undefined || stopped !== undefined ? 0 : concurrency - running.size),
    runningOf: slots.runningOf,
    isWaiting: (bell) => waiting.has(bell),
    leaveWaiting() {
      handler = undefined;
      return waiting.takeAll();
    },
  };
}
