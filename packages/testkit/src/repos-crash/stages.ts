import type { SessionEvent } from "@trunkline/contract";

/** Where a kill can come. */
export const STAGES = ["fetch", "clone", "setup", "checkpoint", "revert", "push"] as const;
export type Stage = (typeof STAGES)[number];

/** A moment of a task: a kill comes within some ms of the event that opens it. */
export interface Moment {
  opens: (event: SessionEvent) => boolean;
  /** A stage takes a part of it. */
  withinMs: number;
}

/** A call, rather than a task, is killed within this time after it has come so far, in ms; by the seed. */
export const CALL_KILLED_WITHIN_MS = 500;

/** Of the stages that begin with a task's event. */
export const MOMENTS = {
  fetch: { opens: (event) => event.type === "task.started", withinMs: 400 },
  clone: { opens: (event) => event.type === "project.fetched", withinMs: 400 },
  checkpoint: { opens: (event) => event.type === "tool.ended", withinMs: 400 },
} as const satisfies Partial<Record<Stage, Moment>>;

/** A setup is killed while it runs, while what it made is kept, and while another session takes that over. */
export const SETUP_MOMENTS: readonly (Moment & { name: "run" | "keep" | "restore" })[] = [
  { name: "run", opens: ({ type }) => type === "setup.started", withinMs: 500 },
  { name: "keep", opens: ({ type }) => type === "setup.ended", withinMs: 250 },
  { name: "restore", opens: ({ type }) => type === "setup.started", withinMs: 300 },
];
