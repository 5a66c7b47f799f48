import type { SessionEvent } from "@trunkline/contract";
import type { Hub, HubListener } from "./port.ts";
import { Tail } from "./tail.ts";

/**
 * The hub of one process. A session has a channel only while it has listeners, so memory is proportional to them; a
 * channel keeps one bounded tail of events for all of them and no queue for any.
 */
export function createHub(): Hub {
  const channels = new Map<string, Channel>();

  return {
    publish(sessionId, events, after) {
      channels.get(sessionId)?.publish(events, after);
    },
    wake(sessionId) {
      channels.get(sessionId)?.wakeAll();
    },
    end(sessionId) {
      const channel = channels.get(sessionId);
      if (channel === undefined) return;
      channel.ended = true;
      channel.wakeAll();
    },
    attach(sessionId, signal) {
      let channel = channels.get(sessionId);
      if (channel === undefined) {
        channel = new Channel();
        channels.set(sessionId, channel);
      }
      return attach(channel, signal, () => channels.delete(sessionId));
    },
    followed: () => [...channels.keys()],
    toldUpTo: (sessionId) => channels.get(sessionId)?.tail.end,
  };
}

class Channel {
  readonly tail = new Tail();
  readonly waiting = new Set<() => void>();
  listeners = 0;
  ended = false;
  /** Counts wake-ups. */
  version = 0;

  publish(events: readonly SessionEvent[], after?: number): void {
    if (this.tail.push(events, after)) this.wakeAll();
  }

  wakeAll(): void {
    this.version += 1;
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const wake of woken) wake();
  }
}

function attach(channel: Channel, signal: AbortSignal, onEmpty: () => void): HubListener {
  let wake: (() => void) | undefined;
  const onAbort = (): void => {
    if (wake === undefined) return;
    channel.waiting.delete(wake);
    wake();
  };
  let seen = channel.version;
  channel.listeners += 1;
  signal.addEventListener("abort", onAbort);

  return {
    get ended() {
      return channel.ended;
    },
    caughtUp: (seq) => channel.tail.startAt(seq),
    recent: (after) => channel.tail.after(after),
    async wait() {
      if (!signal.aborted && channel.version === seen) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          channel.waiting.add(resolve);
        });
        wake = undefined;
      }
      seen = channel.version;
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", onAbort);
      if (wake !== undefined) channel.waiting.delete(wake);
      channel.listeners -= 1;
      if (channel.listeners === 0) onEmpty();
    },
  };
}
