import type { CurrentStep, EventDataOf } from "@trunkline/contract";

/** Characters; a row has it whole, so that a list can say what runs without a look at the log. */
const MAX_TITLE_LENGTH = 200;
/** Steps before the current one that a row keeps. */
export const RECENT_STEPS = 16;

/** Events that begin a step. */
export const STEP_EVENTS = ["step.started", "tool.called"] as const;
type StepEvent = (typeof STEP_EVENTS)[number];

/** @returns `tasks.step_json` from this event on. @param before what it was */
export function stepSince(before: string | null, type: StepEvent, data: unknown, at: number): string {
  const step: CurrentStep = { ...stepOf(type, data), startedAt: at, recent: recentOf(before) };
  return JSON.stringify(step);
}

function stepOf(type: StepEvent, data: unknown): Pick<CurrentStep, "tool" | "title"> {
  if (type === "step.started") return { tool: null, title: (data as EventDataOf<"step.started">).model };
  const { title, tool, kind = "other" } = data as EventDataOf<"tool.called">;
  return {
    tool: kind,
    title: Array.from(title ?? tool)
      .slice(0, MAX_TITLE_LENGTH)
      .join(""),
  };
}

function recentOf(before: string | null): CurrentStep["recent"] {
  if (before === null) return [];
  const { tool, startedAt, recent } = JSON.parse(before) as CurrentStep;
  return [...recent, { tool, startedAt }].slice(-RECENT_STEPS);
}
