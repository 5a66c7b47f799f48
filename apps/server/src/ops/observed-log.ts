import type { Log } from "../log/port.ts";
import type { EventObserver } from "./port.ts";

/** A log whose observers see what is committed through it. */
export function observedLog(log: Log, observers: readonly EventObserver[]): Log {
  if (observers.length === 0) return log;
  return {
    ...log,
    async append(sessionId, drafts, options) {
      const events = await log.append(sessionId, drafts, options);
      for (const observer of observers) observer.appended(sessionId, events);
      return events;
    },
  };
}
