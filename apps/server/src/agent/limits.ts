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

/** Calls in a row that no tool could take. */
export const MAX_REFUSED_CALLS = 8;

/** Times that one step is tried in all, where its provider fails. */
export const MAX_STEP_TRIES = 5;

/** The first wait before a new try; each further one is twice as long, up to the maximum. */
export const RETRY_BASE_MS = 1_000;
export const RETRY_MAX_MS = 30_000;

/** The longest wait that a provider's Retry-After can ask for. */
export const RETRY_AFTER_MAX_MS = 120_000;

/** Patience with a provider: until its answer begins, and between two pieces of it. */
export const FIRST_BYTE_TIMEOUT_MS = 60_000;
export const INACTIVITY_TIMEOUT_MS = 120_000;
