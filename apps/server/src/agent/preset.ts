import type { Tool } from "../tools/port.ts";

/** A way of working of the built-in agent: what it may use, and what it is told. */
export interface Preset {
  uses(tool: Pick<Tool, "effects">): boolean;
  /** Follows the system prompt; null: nothing. */
  words: string | null;
}

export const FULL: Preset = { uses: () => true, words: null };

const CANNOT_CHANGE =
  "In this session you can look, but change nothing: you have no tool that writes files or runs commands. " +
  "Where the task needs a change, say exactly which.";

export const READ_ONLY: Preset = { uses: changesNothing, words: CANNOT_CHANGE };

export const PLAN: Preset = {
  uses: changesNothing,
  words: `${CANNOT_CHANGE} You plan; somebody else carries it out.

- Read what the plan depends on first, and ask the user what only they can decide.
- End with the whole plan in Markdown: the goal, each step with the files that it touches, how to check the result, and what
  is uncertain.`,
};

function changesNothing({ effects }: Pick<Tool, "effects">): boolean {
  return !effects.some((effect) => effect === "changes-workspace" || effect === "writes-outside");
}
