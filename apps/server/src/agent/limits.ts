/** Bounds of a run, in one place. What a task's own budget names is held to the maxima here. */

/** Model calls of a task that names no other number, and the most that it may name. */
export const DEFAULT_MAX_STEPS = 50;
export const MAX_STEPS = 500;

/** Input and output tokens of all its steps together. */
export const MAX_TASK_TOKENS = 20_000_000;

/** Time that a task may work, waiting in the queue and downtime left out. */
export const MAX_TASK_DURATION_MS = 24 * 60 * 60 * 1_000;

/** Characters that a model may say in one step, tool inputs included. */
export const MAX_STEP_LENGTH = 2_000_000;

/** Nesting of a tool's input; deeper values overflow the stacks of whoever reads the log. */
export const MAX_INPUT_DEPTH = 64;

/** Times that one call may give one result, in a row, before the task counts as caught in a loop. */
export const MAX_IDENTICAL_CALLS = 8;

/** Calls of one step that only read, executed at the same time. */
export const MAX_PARALLEL_CALLS = 4;

/**
 * What a run holds of its conversation, in UTF-16 units, about 500,000 tokens; more is shortened, then forgotten, the
 * oldest first. Long before, models refuse so much.
 */
export const MAX_TRANSCRIPT_LENGTH = 2_000_000;

/** What is kept of an old output when room is needed. */
export const SHORT_OUTPUT_LENGTH = 2_000;

/** Prompts of queued tasks that are held, and call ids that are remembered. */
export const MAX_KEPT_QUEUED = 32;
export const MAX_KEPT_CALL_IDS = 10_000;

/** A summary of what came before, in UTF-16 units. */
export const MAX_SUMMARY_LENGTH = 12_000;

/** Times in a row that a prompt may prove too long for its model, each time after it was made shorter. */
export const MAX_OVERFLOWS = 6;

/** Calls in a row that no tool could take. */
export const MAX_REFUSED_CALLS = 8;

/** Times that one step is tried in all, where its provider fails. */
export const MAX_STEP_TRIES = 5;

/** The first wait before a new try; each further one is twice as long, up to the maximum. */
export const RETRY_BASE_MS = 1_000;
export const RETRY_MAX_MS = 30_000;

/** The longest wait that a provider can ask of a running task; for a longer one the task leaves its slot. */
export const RETRY_AFTER_MAX_MS = 120_000;

/** The longest that a task waits, without a slot, for a limit that resets. */
export const MAX_LIMIT_WAIT_MS = 7 * 24 * 60 * 60 * 1_000;
