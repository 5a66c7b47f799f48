import type { SessionEvent } from "@trunkline/contract";

/** Sees what this node commits, after the commit; must not throw, and must cost next to nothing. */
export interface EventObserver {
  appended(sessionId: string, events: readonly SessionEvent[]): void;
}

/** What `GET /metrics` answers. */
export interface MetricsPage {
  /** In Prometheus's text format. */
  text(): Promise<string>;
}
