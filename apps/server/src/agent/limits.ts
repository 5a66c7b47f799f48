/** Limits of a run. A task's own budget is capped by these. */

/** Default and maximum number of a task's model calls. */
export const DEFAULT_MAX_STEPS = 200;
export const MAX_STEPS = 500;

/** Input and output tokens of all steps. */
export const MAX_TASK_TOKENS = 20_000_000;

/** Working time of a task, excluding time in the queue and downtime. */
export const MAX_TASK_DURATION_MS = 24 * 60 * 60 * 1_000;

/** Characters of one step's answer, including tool inputs. */
export const MAX_STEP_LENGTH = 2_000_000;

/** Tool calls of one step's answer. Each one costs several commits, and all of a step are recorded in one event. */
export const MAX_STEP_CALLS = 256;

/** Nesting depth of tool input; deeper values overflow the stack of readers. */
export const MAX_INPUT_DEPTH = 64;

/** Identical calls with identical results in a row before the task counts as stuck in a loop. */
export const MAX_IDENTICAL_CALLS = 8;

/** Read-only calls of a step that run in parallel. */
export const MAX_PARALLEL_CALLS = 4;

/**
 * Maximum conversation in memory, in UTF-16 units (about 500,000 tokens). Beyond it, the oldest content is shortened,
 * then dropped. Models reject prompts long before that.
 */
export const MAX_TRANSCRIPT_LENGTH = 2_000_000;

/**
 * The same with all that is held of it: JSON, provider metadata, attachments, each step and task. In UTF-16 units, see
 * heldLength.
 */
export const MAX_TRANSCRIPT_HELD = 6_000_000;

/** Share of the model's window from which on old outputs are shortened. */
export const TRIMMED_FROM = 0.6;
/** Share of the conversation whose outputs stay as they are: the newest part. */
export const UNTRIMMED_SHARE = 0.4;
/** Share of the conversation that shortening has to free: the provider's cache is worth more than less. */
export const TRIMMED_LEAST = 0.15;

/** Attached files that are sent with one prompt, in bytes; and of one that is text, in UTF-16 units. */
export const ATTACHED_BYTES = 20_000_000;
export const ATTACHED_TEXT_LENGTH = 200_000;

/** Length that an old output is shortened to. */
export const SHORT_OUTPUT_LENGTH = 2_000;

/** Instructions from files that are part of one prompt: their number, and the length of all in UTF-16 units. */
export const MAX_INSTRUCTION_DOCUMENTS = 24;
export const MAX_INSTRUCTION_LENGTH = 64 * 1024;

/** Queued prompts held in memory, and call ids remembered. */
export const MAX_KEPT_QUEUED = 32;
export const MAX_KEPT_CALL_IDS = 10_000;

/** Length of a summary, in UTF-16 units. */
export const MAX_SUMMARY_LENGTH = 12_000;

/** Context overflows in a row before giving up, each after shortening the prompt. */
export const MAX_OVERFLOWS = 6;

/** Invalid calls in a row. */
export const MAX_REFUSED_CALLS = 8;

/** Attempts at one step when the provider fails. */
export const MAX_STEP_TRIES = 5;

/** First delay before a retry; doubles with each one, up to the maximum. */
export const RETRY_BASE_MS = 1_000;
export const RETRY_MAX_MS = 30_000;

/** Longest wait within a running task; for longer ones the task releases its slot. */
export const RETRY_AFTER_MAX_MS = 120_000;

/** Longest wait for a provider's limit to reset. */
export const MAX_LIMIT_WAIT_MS = 7 * 24 * 60 * 60 * 1_000;
