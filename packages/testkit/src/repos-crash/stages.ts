import type { SessionEvent } from "@trunkline/contract";

/** Where a kill can come, and the event after which it does. */
const OPENED_BY = {
  fetch: (event: SessionEvent) => event.type === "task.started",
  clone: (event: SessionEvent) => event.type === "project.fetched",
  checkpoint: (event: SessionEvent) => event.type === "tool.ended",
} as const;

export type TaskStage = keyof typeof OPENED_BY;
/** `revert` begins with its call, not with an event. */
export type Stage = TaskStage | "revert";

export const STAGES: readonly Stage[] = ["fetch", "clone", "checkpoint", "revert"];

export function opens(stage: TaskStage, event: SessionEvent): boolean {
  return OPENED_BY[stage](event);
}
