import type { EventObserver } from "../port.ts";
import { TaskSpans } from "./task-spans.ts";
import type { TraceSettings } from "./trace-settings.ts";

export interface Traces extends EventObserver {
  /** Sends what is left. */
  stop(): Promise<void>;
}

/** The library is loaded here, and nowhere else: without traces it costs nothing. */
export async function openTraces(settings: TraceSettings): Promise<Traces> {
  const { createSpanExport } = await import("./span-export.ts");
  const spans = createSpanExport(settings);
  const observer = new TaskSpans((span) => spans.add(span));
  return {
    appended: (sessionId, events) => observer.appended(sessionId, events),
    stop: async () => spans.stop(),
  };
}
