/** Invariants of event logs, as functions that throw an AssertionError with seq and reason. */
export * from "./event-log-checkers/requests.ts";
export * from "./event-log-checkers/blocks.ts";
export * from "./event-log-checkers/log-holds.ts";
export * from "./event-log-checkers/received.ts";
export * from "./event-log-checkers/seq-order.ts";
export * from "./event-log-checkers/task-life.ts";
export * from "./event-log-checkers/tool-calls.ts";
