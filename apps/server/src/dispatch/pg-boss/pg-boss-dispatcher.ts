import type { Logger } from "pino";
import { createInProcessDispatcher } from "../in-process.ts";
import type { Dispatcher, Doorbell } from "../port.ts";
import type { DoorbellQueue } from "./doorbell-queue.ts";

export interface PgBossDispatcherOptions {
  queue: DoorbellQueue;
  /** Of this node. */
  concurrency: number;
  isShared?: () => boolean;
  /** Every session that has something to run, the longest waiting first, from the rows. */
  waitingSessions: () => Promise<Doorbell[]>;
  /** Tells the other nodes that something waits for a free slot. */
  announce: () => void;
  logger: Logger;
}

/** One node's part of a dispatcher that several nodes share. */
export interface SharedDispatcher extends Dispatcher {
  /** Another node says that something waits. */
  look(): void;
}

/** How long a session waits for a slot here before other nodes are told, in ms: most get one at once. */
const OFFER_AFTER_MS = 50;
/** How often to look into the queue, whether or not anybody said that something waits, in ms. */
const LOOK_MS = 1_000;
/** How often to look for sessions with work that nobody rings for any more, in ms. */
const SWEEP_MS = 5_000;
/** How often to say that this node is still at what it took, in ms. */
const KEEP_MS = 3_000;

/**
 * A session that is rung starts on this node at once where there is a free slot. Where there is none it waits here and,
 * as a job of pg-boss, for any other node; who comes first claims the task, and for the other there is nothing to do. Each
 * node serves owners fairly among what waits there, and takes from the queue those first who have the fewest running.
 */
export function createPgBossDispatcher(options: PgBossDispatcherOptions): SharedDispatcher {
  const { queue, waitingSessions, announce, logger } = options;
  /** Jobs of sessions that are being served, or wait for a slot here. */
  const taken = new Map<string, string>();
  const local = createInProcessDispatcher({
    concurrency: options.concurrency,
    ...(options.isShared && { isShared: options.isShared }),
    onServed(bell, more) {
      // Whatever is left of it is for another node.
      if (stopping) offering.set(bell.sessionId, bell);
      else if (!more) release(bell.sessionId);
      look();
    },
  });
  const timers: NodeJS.Timeout[] = [];
  /** Sessions that other nodes are soon told of. */
  const offering = new Map<string, Doorbell>();
  let offers: NodeJS.Timeout | undefined;
  let busy: Promise<void> = Promise.resolve();
  let isLooking = false;
  let stopping = false;

  /** Work with the queue, one thing after another; what fails is made up for by the sweep. */
  function enqueue(what: string, work: () => Promise<void>): void {
    busy = busy.then(work).catch((error: unknown) => logger.debug({ err: error }, what));
  }

  function release(sessionId: string): void {
    const jobId = taken.get(sessionId);
    if (jobId === undefined) return;
    taken.delete(sessionId);
    enqueue("a job could not be completed", async () => queue.done([jobId]));
  }

  async function offer(bells: readonly Doorbell[]): Promise<void> {
    if (bells.length === 0) return;
    await queue.ring(bells.map((bell) => ({ ...bell, priority: -local.runningOf(bell.ownerId) })));
    announce();
  }

  function ring(bell: Doorbell): void {
    local.ring(bell);
    if (!local.isWaiting(bell)) return;
    offering.set(bell.sessionId, bell);
    offers ??= setTimeout(() => {
      offers = undefined;
      const bells = [...offering.values()].filter((waiting) => local.isWaiting(waiting));
      offering.clear();
      enqueue("sessions could not be offered to other nodes", async () => offer(bells));
    }, OFFER_AFTER_MS);
  }

  function look(): void {
    if (isLooking || stopping || local.freeSlots() === 0) return;
    isLooking = true;
    enqueue("the queue could not be read", async () => {
      isLooking = false;
      const free = local.freeSlots();
      if (free === 0 || stopping) return;
      const bells = await queue.take(free);
      const superfluous: string[] = [];
      for (const { jobId, ...bell } of bells) {
        const earlier = taken.get(bell.sessionId);
        if (earlier !== undefined) superfluous.push(earlier);
        taken.set(bell.sessionId, jobId);
        local.ring(bell);
      }
      await queue.done(superfluous);
      if (bells.length === free) look();
    });
  }

  return {
    ring,
    look,

    start(handler) {
      local.start(handler);
      const every = (ms: number, work: () => void): void => {
        const timer = setInterval(work, ms);
        timer.unref();
        timers.push(timer);
      };
      every(LOOK_MS, look);
      every(KEEP_MS, () => enqueue("jobs could not be kept", async () => queue.keep([...taken.values()])));
      every(SWEEP_MS, () =>
        enqueue("sessions that wait could not be read", async () => {
          if (stopping || local.freeSlots() === 0) return;
          for (const bell of await waitingSessions()) local.ring(bell);
        }),
      );
      look();
    },

    async stop() {
      stopping = true;
      for (const timer of timers) clearInterval(timer);
      clearTimeout(offers);
      for (const bell of local.leaveWaiting()) offering.set(bell.sessionId, bell);
      await local.stop();
      for (const sessionId of taken.keys()) release(sessionId);
      enqueue("sessions could not be left to other nodes", async () => offer([...offering.values()]));
      await busy;
      await queue.close();
    },
  };
}
