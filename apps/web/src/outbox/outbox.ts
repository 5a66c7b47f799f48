import { isApiError } from "@trunkline/client";
import { createStore, type StoreApi } from "zustand/vanilla";
import { keepText, keptTextKeys, readText } from "../text/kept-text.ts";
import { randomKey } from "../text/random-key.ts";
import { ownName } from "../navigation/base-path.ts";
import { isPassing } from "./is-passing.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

export interface Delivery {
  sessionId: string;
  taskId: string;
}

export interface OutboxDeps {
  /** The signed-in user, if known. */
  userId(): string | null;
  /** @throws what the API throws */
  submit(message: OutgoingMessage): Promise<Delivery>;
  isConnectionError(error: unknown): boolean;
  /** The server has it, and nothing of it is needed any more. */
  onSent(message: OutgoingMessage): void;
  /** Delivered, but its page was reloaded since and nobody awaits it. */
  onDelivered(message: OutgoingMessage, delivery: Delivery): void;
  /** The server refused it: the text returns to the composer. */
  onRefused(message: OutgoingMessage, error: unknown): void;
}

const PREFIX = "trunkline:outbox:";
const CHANNEL = ownName("trunkline:outbox");
/** Said to the other tabs; anything else is the key of what was taken back. */
const CHANGED = "changed";

/** The same for all messages of a session, though it may not have begun yet. */
const conversationOf = ({ sessionId, follows, idempotencyKey }: OutgoingMessage): string =>
  sessionId ?? follows ?? idempotencyKey;

type SendOptions = Partial<Pick<OutgoingMessage, "follows" | "start" | "how" | "files">>;

/**
 * Any tab may send a message, which its key makes one; whoever takes it back waits for them. Without locks, on plain HTTP from
 * another machine, each tab waits for itself alone.
 */
function withLock<T>(key: string, mode: LockMode, work: () => Promise<T>): Promise<T> {
  const { locks } = globalThis.navigator as Partial<Navigator>;
  return locks === undefined ? work() : locks.request(ownName(PREFIX + key), { mode }, work);
}

/**
 * Messages in flight. Stored in the browser until the server has them, across network failures, reloads and sign-out;
 * delivered one at a time.
 */
export class Outbox {
  readonly messages: StoreApi<readonly OutgoingMessage[]> = createStore<readonly OutgoingMessage[]>(() => []);
  readonly #deps: OutboxDeps;
  readonly #waiting = new Map<string, (delivery: Delivery) => void>();
  /** Whether the browser could store what was written here. */
  readonly #stored = new Map<string, Promise<boolean>>();
  #isSending = false;
  /** What is being sent just now; settles without a failure. */
  #attempt: { idempotencyKey: string; settled: Promise<unknown> } | null = null;
  #others: BroadcastChannel | null = null;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** Loads what earlier pages left, and syncs with other tabs. @returns a function that stops it. */
  start(): () => void {
    const channel = new BroadcastChannel(CHANNEL);
    this.#others = channel;
    channel.addEventListener("message", ({ data }) => {
      // Another tab took back what this one has: it has put the text where it was written.
      if (typeof data === "string" && data !== CHANGED) void this.#leave(data);
      else void this.#read();
    });
    void this.#read().then(() => this.flush());
    return () => {
      this.#others = null;
      channel.close();
    };
  }

  /** @returns the server's answer once delivered; never resolves if it is refused or removed. */
  send(
    text: string,
    sessionId: string | null,
    { follows = null, start = {}, how = "enqueue", files = [] }: SendOptions = {},
  ): Promise<Delivery> {
    const idempotencyKey = randomKey();
    const message: OutgoingMessage = {
      idempotencyKey,
      sessionId,
      follows,
      text,
      start,
      how,
      files,
      sentAt: Date.now(),
      userId: this.#deps.userId(),
      isWaiting: false,
    };
    this.messages.setState((messages) => [...messages, message], true);
    const kept = this.#keep(message);
    this.#stored.set(idempotencyKey, kept);
    const delivered = new Promise<Delivery>((resolve) => this.#waiting.set(idempotencyKey, resolve));
    void kept.then(() => this.#tell());
    this.flush();
    return delivered;
  }

  /** Whether the browser has it: another tab may have sent it. */
  async isKept({ idempotencyKey }: OutgoingMessage): Promise<boolean> {
    return (await readText(PREFIX + idempotencyKey)) !== null;
  }

  /**
   * Removes a waiting message. What is being sent, here or by another tab, may be with the server already: it goes once that
   * has failed.
   *
   * @returns it; null if it is already gone, or the server has it
   */
  async takeBack(idempotencyKey: string): Promise<OutgoingMessage | null> {
    if (this.#find(idempotencyKey)?.isWaiting !== true) return null;
    this.#others?.postMessage(idempotencyKey);
    await this.#endAttempt(idempotencyKey);
    return withLock(idempotencyKey, "exclusive", async () => {
      const message = this.#find(idempotencyKey);
      if (message === undefined) return null;
      const isHere = (await this.#stored.get(idempotencyKey)) === false || (await this.isKept(message));
      if (isHere) for (const one of this.#handOn(message)) void this.#keep(one);
      this.#remove(message);
      return isHere ? message : null;
    });
  }

  /** Another tab takes it back, and removes it from the browser once it is known that it was not sent. */
  async #leave(idempotencyKey: string): Promise<void> {
    await this.#endAttempt(idempotencyKey);
    const message = this.#find(idempotencyKey);
    if (message !== undefined) this.#handOn(message);
    this.#forget(idempotencyKey);
  }

  /** What follows on a message that is taken back begins its session instead, on what that was to work on. @returns those */
  #handOn({ idempotencyKey, start = {} }: OutgoingMessage): OutgoingMessage[] {
    const [first, ...others] = this.messages.getState().filter(({ follows }) => follows === idempotencyKey);
    if (first === undefined) return [];
    const changed = [
      { ...first, follows: null, start },
      ...others.map((one) => ({ ...one, follows: first.idempotencyKey })),
    ];
    const now = new Map(changed.map((one) => [one.idempotencyKey, one]));
    this.messages.setState((messages) => messages.map((one) => now.get(one.idempotencyKey) ?? one), true);
    return changed;
  }

  /** From here on it is not sent any more. @returns once it is not being sent */
  async #endAttempt(idempotencyKey: string): Promise<void> {
    const leaving = (one: OutgoingMessage): OutgoingMessage =>
      one.idempotencyKey === idempotencyKey ? { ...one, isLeaving: true } : one;
    this.messages.setState((messages) => messages.map(leaving), true);
    if (this.#attempt?.idempotencyKey === idempotencyKey) await this.#attempt.settled;
  }

  #find(idempotencyKey: string): OutgoingMessage | undefined {
    return this.messages.getState().find((one) => one.idempotencyKey === idempotencyKey);
  }

  /** Sends what is pending; called whenever the server may be back. */
  flush(): void {
    if (this.#isSending) return;
    this.#isSending = true;
    void this.#sendAll().finally(() => {
      this.#isSending = false;
      // Written since the last look.
      if (this.messages.getState().some(({ isWaiting }) => !isWaiting)) this.flush();
    });
  }

  async #sendAll(): Promise<void> {
    const tried = new Set<string>();
    const held = new Set<string>();
    for (;;) {
      const messages = this.messages.getState();
      const message = messages.find(
        (one) =>
          one.isLeaving !== true &&
          !tried.has(one.idempotencyKey) &&
          !held.has(conversationOf(one)) &&
          !messages.some(({ idempotencyKey }) => idempotencyKey === one.follows),
      );
      if (message === undefined) return;
      tried.add(message.idempotencyKey);
      try {
        const tell = this.#waiting.get(message.idempotencyKey);
        const sent = withLock(message.idempotencyKey, "shared", () => this.#deliver(message));
        this.#attempt = { idempotencyKey: message.idempotencyKey, settled: Promise.allSettled([sent]) };
        const delivery = await sent;
        this.#attempt = null;
        if (delivery === null) continue;
        this.#deps.onSent(message);
        if (tell === undefined) this.#deps.onDelivered(message, delivery);
        else tell(delivery);
      } catch (error) {
        this.#attempt = null;
        if (!this.#deps.isConnectionError(error) && !isPassing(error)) {
          this.#refuse(message, error);
          continue;
        }
        // Strictly in order: nothing overtakes it.
        const conversation = conversationOf(message);
        // What fails with it need not fail with others.
        const isOnlyHere = isApiError(error, "internal");
        const why = isApiError(error) ? error.message : null;
        const waiting = (one: OutgoingMessage): OutgoingMessage =>
          isOnlyHere && conversationOf(one) !== conversation ? one : { ...one, isWaiting: true, why };
        this.messages.setState((all) => all.map(waiting), true);
        if (!isOnlyHere) return;
        held.add(conversation);
      }
    }
  }

  /** @returns null if it is gone: another tab has sent it, or it was taken back */
  async #deliver(message: OutgoingMessage): Promise<Delivery | null> {
    const { idempotencyKey } = message;
    // What follows on it knows its session by now.
    if (!this.#waiting.has(idempotencyKey) && !(await this.isKept(message))) await this.#read();
    const known = this.#find(idempotencyKey);
    if (known === undefined || known.isLeaving === true) return null;
    const delivery = await this.#deps.submit(known);
    this.#begun(known, delivery);
    // Before the lock is free: whoever waits to take it back looks whether the browser still has it.
    this.#remove(known);
    return delivery;
  }

  /** A dependent message gets its session once that has been created. */
  #begun({ idempotencyKey }: OutgoingMessage, { sessionId }: Delivery): void {
    const known = (one: OutgoingMessage): OutgoingMessage =>
      one.follows === idempotencyKey ? { ...one, sessionId, follows: null } : one;
    for (const one of this.messages.getState())
      if (one.follows === idempotencyKey) void this.#keep(known(one));
    this.messages.setState((messages) => messages.map(known), true);
  }

  /** If the session can't be created, dependent messages fail, too. */
  #refuse(message: OutgoingMessage, error: unknown): void {
    this.#remove(message);
    for (const one of this.messages.getState()) {
      if (one.follows === message.idempotencyKey) this.#refuse(one, error);
    }
    this.#deps.onRefused(message, error);
  }

  async #read(): Promise<void> {
    const keys = await keptTextKeys(PREFIX);
    const stored = await Promise.all(keys.map((key) => readText(key)));
    this.messages.setState((known) => {
      // This tab knows best about its own messages in flight.
      const own = known.filter(({ idempotencyKey }) => this.#waiting.has(idempotencyKey));
      const keysOfOwn = new Set(own.map(({ idempotencyKey }) => idempotencyKey));
      const others = stored
        .filter(isMessage)
        .filter(({ idempotencyKey }) => !keysOfOwn.has(idempotencyKey))
        // Those of somebody else wait until their user is back, and hold up nobody.
        .filter(({ userId }) => userId === null || userId === (this.#deps.userId() ?? userId))
        .map((message) => ({ ...message, isWaiting: true }));
      return [...own, ...others].toSorted((a, b) => a.sentAt - b.sentAt);
    }, true);
  }

  #remove({ idempotencyKey }: OutgoingMessage): void {
    this.#forget(idempotencyKey);
    void keepText(PREFIX + idempotencyKey, null).then(() => this.#tell());
  }

  /** Here, not in the browser. */
  #forget(idempotencyKey: string): void {
    this.#waiting.delete(idempotencyKey);
    this.#stored.delete(idempotencyKey);
    this.messages.setState(
      (messages) => messages.filter((one) => one.idempotencyKey !== idempotencyKey),
      true,
    );
  }

  #keep(message: OutgoingMessage): Promise<boolean> {
    return keepText(PREFIX + message.idempotencyKey, message);
  }

  #tell(): void {
    this.#others?.postMessage(CHANGED);
  }
}

function isMessage(value: unknown): value is OutgoingMessage {
  const message = value as Partial<OutgoingMessage> | null;
  return typeof message?.text === "string" && typeof message.idempotencyKey === "string";
}
