import { createHash } from "node:crypto";

/** A span of a trace, ended. Times are ms since the epoch. */
export interface EndedSpan {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  parentSpanId: string | null;
  name: string;
  /** `client`: it waits for somebody else's answer. */
  kind: "internal" | "client";
  startedAt: number;
  endedAt: number;
  attributes: Readonly<Record<string, string | number | boolean | string[]>>;
  /** What went wrong, as a code; null: nothing. */
  error: string | null;
}

/** The trace of a task that nobody else's task started: its id, so that all nodes and attempts agree. */
export function traceIdOf(rootTaskId: string): string {
  return rootTaskId.replaceAll("-", "");
}

/** The same on every node and for every attempt, so that a span can name a parent that another process ends. */
export function spanIdOf(taskId: string, part: string): string {
  return createHash("sha256").update(`${taskId} ${part}`).digest("hex").slice(0, 16);
}
