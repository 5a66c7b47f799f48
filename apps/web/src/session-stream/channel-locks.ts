import { randomKey } from "../text/random-key.ts";

/** What the tabs of a browser use of its locks (W3C Web Locks). */
export interface TabLocks {
  request<T>(
    name: string,
    options: { ifAvailable?: boolean; steal?: boolean; signal?: AbortSignal },
    callback: (lock: object | null) => Promise<T> | undefined,
  ): Promise<T | undefined>;
}

/** How long the holder of a lock may take to answer, and how often a tab that waits looks whether the holder died, in ms. */
const ANSWER_MS = 200;
const RETRY_MS = 5_000;

/** Everybody hears everything; `to` is set where it is about one tab only. */
interface Message {
  type: "wanted" | "held" | "taken" | "released";
  by: string;
  to?: string;
}

/**
 * Locks for browsers without their own: the tabs ask each other. A tab that does not answer holds nothing; if it comes
 * back, or two tabs took a lock at the same moment, the one that took it first loses it, as if it had been stolen.
 */
export class ChannelLocks implements TabLocks {
  request: TabLocks["request"] = async (name, { ifAvailable, steal, signal }, callback) => {
    const channel = new BroadcastChannel(`trunkline:lock:${name}`);
    const by = randomKey();
    try {
      while (steal !== true && !(await isFree(channel, by))) {
        if (ifAvailable === true) return await callback(null);
        await release(channel, signal);
      }
      signal?.throwIfAborted();
      return await hold(channel, by, callback);
    } finally {
      channel.close();
    }
  };
}

function post(channel: BroadcastChannel, message: Message): void {
  channel.postMessage(message);
}

/** @returns a function that stops it */
function listen(channel: BroadcastChannel, onMessage: (message: Message) => void): () => void {
  const hear = ({ data }: MessageEvent): void => onMessage(data as Message);
  channel.addEventListener("message", hear);
  return () => channel.removeEventListener("message", hear);
}

/** Of tabs that ask at the same time, the one with the least key goes first. */
function isFree(channel: BroadcastChannel, by: string): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (isUnheld: boolean): void => {
      clearTimeout(timer);
      stop();
      resolve(isUnheld);
    };
    const timer = setTimeout(() => finish(true), ANSWER_MS);
    const stop = listen(channel, (message) => {
      if (message.type === "wanted" && by < message.by) post(channel, { type: "held", by, to: message.by });
      else if (message.type !== "released" && (message.to ?? by) === by) finish(false);
    });
    post(channel, { type: "wanted", by });
  });
}

/** @returns when the lock may be free. @throws what the signal aborts with */
function release(channel: BroadcastChannel, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      stop();
      signal?.removeEventListener("abort", finish);
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- it is whatever the signal was aborted with
      if (signal?.aborted === true) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(finish, RETRY_MS);
    const stop = listen(channel, ({ type }) => {
      if (type === "released") finish();
    });
    signal?.addEventListener("abort", finish);
    if (signal?.aborted === true) finish();
  });
}

/** @throws DOMException `AbortError` if another tab takes the lock, or the page goes */
function hold<T>(
  channel: BroadcastChannel,
  by: string,
  callback: (lock: object) => Promise<T> | undefined,
): Promise<T | undefined> {
  const lost = Promise.withResolvers<never>();
  const lose = (): void => lost.reject(new DOMException("The lock was taken", "AbortError"));
  const stop = listen(channel, ({ type, by: other }) => {
    if (type === "wanted") post(channel, { type: "held", by, to: other });
    else if (type === "taken" && other !== by) lose();
  });
  // In Node, as in tests, there are no pages.
  const page = globalThis as Partial<EventTarget>;
  const onPageHide = (): void => {
    post(channel, { type: "released", by });
    lose();
  };
  page.addEventListener?.("pagehide", onPageHide);
  post(channel, { type: "taken", by });
  return Promise.race([callback({}), lost.promise]).finally(() => {
    stop();
    page.removeEventListener?.("pagehide", onPageHide);
    post(channel, { type: "released", by });
  });
}
