import { setTimeout as delay } from "node:timers/promises";
import type { PushMessage } from "@trunkline/contract";
import type { Logger } from "pino";
import { type DuePush, GuardFailedError, type Store, type StoredPushSubscription } from "../store/port.ts";
import type { PushAddress, PushOutcome, PushVault, SendPush } from "./port.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { titleOf } from "./push-title.ts";

/** Notifications under way at once: in all, of one user, and to one host, so that one that hangs leaves room for others. */
const AT_ONCE = { all: 64, user: 4, host: 16 };
/** How often to look for what is due, in ms: another node may have noted it. */
const LOOK_MS = 1_000;
/** How long an attempt is reserved: longer than sending takes. After a crash the next one is made then. */
const CLAIM_MS = 30_000;
/** What is older tells nobody anything. */
const LIFETIME_MS = 24 * 3_600_000;
const MAX_ATTEMPTS = 10;
/** How often old ones are dropped, in ms. */
const EXPIRE_MS = 3_600_000;

export interface PushSenderDeps {
  store: Pick<Store, "pushes" | "sessions">;
  vault: Pick<PushVault, "open">;
  send: SendPush;
  logger: Logger;
  now: () => number;
}

/** Sends what is noted for devices, on every node; each attempt is reserved in the store by one of them. */
export class PushSender {
  readonly #deps: PushSenderDeps;
  readonly #stop = new AbortController();
  readonly #underWay = new Map<Promise<void>, StoredPushSubscription>();
  #running: Promise<void> | undefined;
  #wakened = new AbortController();
  #expiredAt = 0;

  constructor(deps: PushSenderDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There may be something to send. */
  wake(): void {
    this.#wakened.abort();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#running;
    await Promise.all(this.#underWay.keys());
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#wakened = new AbortController();
      try {
        await this.#start();
      } catch (error) {
        this.#deps.logger.warn({ err: error }, "push notifications can't be read from the store");
      }
      await delay(LOOK_MS, undefined, { signal: this.#wakened.signal }).catch(() => undefined);
    }
  }

  /** Starts as many as may be under way. */
  async #start(): Promise<void> {
    const { pushes } = this.#deps.store;
    const at = this.#deps.now();
    if (at - this.#expiredAt >= EXPIRE_MS) {
      await pushes.expire(at - LIFETIME_MS);
      this.#expiredAt = at;
    }
    for (let room = this.#room(); room > 0 && !this.#stop.signal.aborted; room = this.#room()) {
      const due = await pushes.due({ at, limit: room, except: this.#busy() });
      let started = 0;
      for (const each of due) {
        if (this.#isBusy(each.subscription)) continue;
        started += 1;
        const sending = this.#tell(each).finally(() => this.#underWay.delete(sending));
        this.#underWay.set(sending, each.subscription);
      }
      if (started === 0) return;
    }
  }

  #room(): number {
    return AT_ONCE.all - this.#underWay.size;
  }

  /** One at a time to a device, so that a later one does not overtake. */
  #busy() {
    const subscriptions = [...this.#underWay.values()];
    const crowded = (of: "userId" | "host", limit: number): string[] =>
      [...Map.groupBy(subscriptions, (each) => each[of])]
        .filter(([, group]) => group.length >= limit)
        .map(([key]) => key);
    return {
      subscriptionIds: subscriptions.map(({ id }) => id),
      userIds: crowded("userId", AT_ONCE.user),
      hosts: crowded("host", AT_ONCE.host),
    };
  }

  #isBusy({ id, userId, host }: StoredPushSubscription): boolean {
    const { subscriptionIds, userIds, hosts } = this.#busy();
    return subscriptionIds.includes(id) || userIds.includes(userId) || hosts.includes(host);
  }

  async #tell(due: DuePush): Promise<void> {
    const { store, logger, now } = this.#deps;
    const { delivery } = due;
    try {
      await store.pushes.claim(delivery, now() + CLAIM_MS);
    } catch (error) {
      // Another node was faster, or it was replaced.
      if (!(error instanceof GuardFailedError)) logger.warn({ err: error }, "a push notification waits");
      return;
    }
    try {
      const outcome = await this.#send(due);
      await (outcome === null ? store.pushes.settle(delivery) : this.#note(due, outcome));
      this.wake();
    } catch (error) {
      // Its reservation ends by itself.
      logger.warn({ err: error }, "a push notification waits");
    }
  }

  /** @returns null if it tells nothing any more, or the session is not its user's */
  async #message({ delivery }: DuePush): Promise<PushMessage | null> {
    const { sessions } = this.#deps.store;
    const { userId, sessionId, inSessionId, kind, at } = delivery;
    if (this.#deps.now() - at >= LIFETIME_MS) return null;
    const session = await sessions.find(userId, sessionId);
    if (session === undefined) return null;
    if (kind === "approval" || kind === "question") {
      const asking = inSessionId === sessionId ? session : await sessions.find(userId, inSessionId);
      // Somebody has answered meanwhile.
      if (asking?.status !== "input-required") return null;
    }
    return { kind, sessionId, title: titleOf(session.title) };
  }

  /** @returns null if there is nothing to tell any more */
  async #send(due: DuePush): Promise<PushOutcome | null> {
    const { vault, send, logger, now } = this.#deps;
    const { delivery, subscription } = due;
    const { id, host, endpointHash, sealed } = subscription;
    const message = await this.#message(due);
    if (message === null) return null;
    const isUrgent = message.kind === "approval" || message.kind === "question";
    const lifetimeMs = LIFETIME_MS - (now() - delivery.at);
    const { signal } = this.#stop;
    try {
      const address = await vault.open<PushAddress>(`push ${endpointHash}`, sealed);
      const outcome = await send(address, { message, isUrgent, lifetimeMs }, signal);
      if (outcome.type === "delivered") return outcome;
      logger.info({ subscriptionId: id, host, outcome }, "a push notification was not delivered");
      return outcome;
    } catch (error) {
      if (!signal.aborted)
        logger.warn({ err: error, subscriptionId: id }, "a push notification was not sent");
      return { type: "later", why: "The server could not send it" };
    }
  }

  async #note({ delivery, subscription: { id } }: DuePush, outcome: PushOutcome): Promise<void> {
    const { store, now } = this.#deps;
    const at = now();
    // The next start goes on with it.
    if (this.#stop.signal.aborted && outcome.type === "later") return store.pushes.postpone(delivery, at);
    switch (outcome.type) {
      case "delivered":
        await store.pushes.settle(delivery);
        return store.pushes.note(id, { at, failure: null });
      case "gone":
        return store.pushes.forget(id);
      case "refused":
        await store.pushes.settle(delivery);
        return store.pushes.note(id, { at, failure: outcome.why });
      case "later": {
        const { why, afterMs = 0 } = outcome;
        const dueAt = at + Math.max(afterMs, retryDelayMs(delivery.attempts));
        const isOver = delivery.attempts + 1 >= MAX_ATTEMPTS || dueAt - delivery.at >= LIFETIME_MS;
        await (isOver ? store.pushes.settle(delivery) : store.pushes.postpone(delivery, dueAt));
        const notBefore = afterMs > 0 ? { notBefore: Math.min(at + afterMs, at + LIFETIME_MS) } : {};
        return store.pushes.note(id, { at, failure: why, ...notBefore });
      }
    }
  }
}
