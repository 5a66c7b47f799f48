import { isApiError } from "@trunkline/client";
import { createStore, type StoreApi } from "zustand/vanilla";
import { keepText, keptTextKeys, readText } from "../text/kept-text.ts";
import { newIdempotencyKey } from "./idempotency-key.ts";

/** A message that somebody sent and that the server has not said a word about. */
export interface OutgoingMessage {
  /** Sent twice, also by two tabs, it is one task. */
  idempotencyKey: string;
  /** Null: it begins a session, or goes to one that is only beginning. */
  sessionId: string | null;
  /** Key of the message that begins its session; null where it follows on none. */
  follows: string | null;
  text: string;
  /** When it was sent, in ms since the epoch; messages go out in this order. */
  sentAt: number;
  /** Who sent it: nobody else who signs in here sends it for them. Null where that was not known. */
  userId: string | null;
  /** The server could not be reached: it goes out once it can. */
  isWaiting: boolean;
}

export interface Delivery {
  sessionId: string;
  taskId: string;
}

export interface OutboxDeps {
  /** Who is signed in, as far as is known at the moment. */
  userId(): string | null;
  /** @throws what the API throws */
  submit(message: OutgoingMessage): Promise<Delivery>;
  isConnectionError(error: unknown): boolean;
  /** It was delivered although nobody waits for it any more: the page was loaded anew since. */
  onDelivered(message: OutgoingMessage, delivery: Delivery): void;
  /** The server will not have it: its text goes back to where it was written. */
  onRefused(message: OutgoingMessage, error: unknown): void;
}

const PREFIX = "trunkline:outbox:";
const CHANNEL = "trunkline:outbox";

/**
 * Messages on their way. They are kept in the browser until the server has them, whatever becomes of the network, the
 * page and the sign-in, and go out one after another.
 */
export class Outbox {
  readonly messages: StoreApi<readonly OutgoingMessage[]> = createStore<readonly OutgoingMessage[]>(() => []);
  readonly #deps: OutboxDeps;
  readonly #waiting = new Map<string, (delivery: Delivery) => void>();
  #isSending = false;
  #others: BroadcastChannel | null = null;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** Takes up what earlier pages left, and keeps up with the other tabs. @returns what ends it. */
  start(): () => void {
    const channel = new BroadcastChannel(CHANNEL);
    this.#others = channel;
    channel.addEventListener("message", () => void this.#read());
    void this.#read().then(() => this.flush());
    return () => {
      this.#others = null;
      channel.close();
    };
  }

  /** @returns what the server made of it, once it has it; never where it refuses or somebody takes it back. */
  send(text: string, sessionId: string | null, follows: string | null = null): Promise<Delivery> {
    const idempotencyKey = newIdempotencyKey();
    const message: OutgoingMessage = {
      idempotencyKey,
      sessionId,
      follows,
      text,
      sentAt: Date.now(),
      userId: this.#deps.userId(),
      isWaiting: false,
    };
    this.messages.setState((messages) => [...messages, message], true);
    const kept = this.#keep(message);
    const delivered = new Promise<Delivery>((resolve) => this.#waiting.set(idempotencyKey, resolve));
    void kept.then(() => this.#tell());
    this.flush();
    return delivered;
  }

  /** Takes a message back that waits. @returns it; null where it is gone already. */
  takeBack(idempotencyKey: string): OutgoingMessage | null {
    const message = this.messages.getState().find((one) => one.idempotencyKey === idempotencyKey);
    if (message === undefined || !message.isWaiting) return null;
    this.#remove(message);
    return message;
  }

  /** Sends what there is; called whenever the server may be back. */
  flush(): void {
    if (this.#isSending) return;
    this.#isSending = true;
    void this.#sendAll().finally(() => {
      this.#isSending = false;
      // Written in the moment between the last look and now.
      if (this.messages.getState().some(({ isWaiting }) => !isWaiting)) this.flush();
    });
  }

  async #sendAll(): Promise<void> {
    const tried = new Set<string>();
    for (;;) {
      const message = this.messages.getState().find((one) => !tried.has(one.idempotencyKey));
      if (message === undefined) return;
      tried.add(message.idempotencyKey);
      try {
        const delivery = await this.#deps.submit(message);
        this.#begun(message, delivery);
        const tell = this.#waiting.get(message.idempotencyKey);
        this.#remove(message);
        if (tell === undefined) this.#deps.onDelivered(message, delivery);
        else tell(delivery);
      } catch (error) {
        if (!this.#mayGoLater(error)) {
          this.#refuse(message, error);
          continue;
        }
        // In order or not at all: nothing overtakes it.
        this.messages.setState((messages) => messages.map((one) => ({ ...one, isWaiting: true })), true);
        return;
      }
    }
  }

  /** What follows on a message knows its session once that has one. */
  #begun({ idempotencyKey }: OutgoingMessage, { sessionId }: Delivery): void {
    const known = (one: OutgoingMessage): OutgoingMessage =>
      one.follows === idempotencyKey ? { ...one, sessionId, follows: null } : one;
    for (const one of this.messages.getState())
      if (one.follows === idempotencyKey) void this.#keep(known(one));
    this.messages.setState((messages) => messages.map(known), true);
  }

  /** Without its session, what follows on it goes nowhere either. */
  #refuse(message: OutgoingMessage, error: unknown): void {
    this.#remove(message);
    for (const one of this.messages.getState()) {
      if (one.follows === message.idempotencyKey) this.#refuse(one, error);
    }
    this.#deps.onRefused(message, error);
  }

  #mayGoLater(error: unknown): boolean {
    if (this.#deps.isConnectionError(error) || isApiError(error, "unauthorized")) return true;
    return isApiError(error) && (error.httpStatus >= 500 || error.httpStatus === 429);
  }

  async #read(): Promise<void> {
    const keys = await keptTextKeys(PREFIX);
    const stored = await Promise.all(keys.map((key) => readText(key)));
    this.messages.setState((known) => {
      // What is on its way from here is known best here.
      const own = known.filter(({ idempotencyKey }) => this.#waiting.has(idempotencyKey));
      const keysOfOwn = new Set(own.map(({ idempotencyKey }) => idempotencyKey));
      const others = stored
        .filter(isMessage)
        .filter(({ idempotencyKey }) => !keysOfOwn.has(idempotencyKey))
        .map((message) => ({ ...message, isWaiting: true }));
      return [...own, ...others].toSorted((a, b) => a.sentAt - b.sentAt);
    }, true);
  }

  #remove({ idempotencyKey }: OutgoingMessage): void {
    this.#waiting.delete(idempotencyKey);
    this.messages.setState(
      (messages) => messages.filter((one) => one.idempotencyKey !== idempotencyKey),
      true,
    );
    void keepText(PREFIX + idempotencyKey, null).then(() => this.#tell());
  }

  #keep(message: OutgoingMessage): Promise<boolean> {
    return keepText(PREFIX + message.idempotencyKey, message);
  }

  #tell(): void {
    this.#others?.postMessage("changed");
  }
}

function isMessage(value: unknown): value is OutgoingMessage {
  const message = value as Partial<OutgoingMessage> | null;
  return typeof message?.text === "string" && typeof message.idempotencyKey === "string";
}
