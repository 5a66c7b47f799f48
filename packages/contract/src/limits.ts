/** Limits of the wire, in one place: the server enforces them, clients can explain them. */

/** Largest HTTP body the server reads, in bytes: room for the longest prompt, if JSON has to escape each character. */
export const MAX_BODY_BYTES = 1_310_720;
/** The same for a session imported over REST, which is read as a stream. */
export const MAX_IMPORT_BODY_BYTES = 8_589_934_592;
/** Largest document as the input or output of a call, which is held in memory; approximate, in bytes of JSON. */
export const MAX_CALL_DOCUMENT_BYTES = 4_194_304;
/** Largest blob, in bytes. */
export const MAX_BLOB_BYTES = 33_554_432;
/** Files attached to one prompt. */
export const MAX_ATTACHMENTS = 10;
/** Total size of one user's blobs, in bytes. */
export const MAX_BLOB_BYTES_PER_USER = 1_073_741_824;
/** Largest prompt, in UTF-16 code units. */
export const MAX_PROMPT_LENGTH = 200_000;
/** Longest message for a running task, in UTF-16 code units. */
export const MAX_STEER_LENGTH = 20_000;
/** Messages that wait for one running task. */
export const MAX_WAITING_STEERS = 20;
/** How deep subagents may be nested. */
export const MAX_SUBAGENT_DEPTH = 2;
/** Subagents of one task at a time. */
export const MAX_PARALLEL_SUBAGENTS = 4;
/** Subagents of one task in all. */
export const MAX_SUBAGENTS = 20;
export const MAX_TITLE_LENGTH = 200;
export const MAX_IDEMPOTENCY_KEY_LENGTH = 200;
/** Longest note of an approval's answer, in UTF-16 code units. */
export const MAX_NOTE_LENGTH = 4_000;
/** Longest answer to a question, in UTF-16 code units. */
export const MAX_ANSWER_LENGTH = 20_000;
/** Calls in one tRPC batch request. */
export const MAX_BATCH_CALLS = 20;

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 200;
export const DEFAULT_EVENT_PAGE_SIZE = 200;
export const MAX_EVENT_PAGE_SIZE = 1_000;
export const DEFAULT_SEARCH_PAGE_SIZE = 20;
export const MAX_SEARCH_PAGE_SIZE = 100;
export const DEFAULT_WORKSPACE_PAGE_SIZE = 200;
export const MAX_WORKSPACE_PAGE_SIZE = 1_000;
/** Longest path in a workspace, in UTF-16 code units. */
export const MAX_PATH_LENGTH = 4_096;
/** Bytes of a file that `workspace.read` returns at once. */
export const DEFAULT_READ_BYTES = 65_536;
export const MAX_READ_BYTES = 262_144;
/** Files listed by `session.changes`. */
export const MAX_CHANGED_FILES = 2_000;
/** Paths of one `session.revert`. */
export const MAX_REVERTED_PATHS = 200;
/** Tasks listed by `session.get` besides the active and queued ones. */
export const SESSION_DETAIL_TASKS = 100;
/** Open approvals listed by `session.get`. */
export const SESSION_DETAIL_APPROVALS = 200;
/** Approval rules of one session, and of one user. */
export const MAX_SESSION_RULES = 200;
export const MAX_USER_RULES = 200;
/** Answers that a summary carries on for calls that were cut off. */
export const MAX_CARRIED_ANSWERS = 20;
/** Links to one session that are open at a time. */
export const MAX_SESSION_SHARES = 20;
/** How long a link lasts unless it says otherwise, in ms. */
export const DEFAULT_SHARE_LIFETIME_MS = 604_800_000;
/** Devices of one user that get push notifications. */
export const MAX_PUSH_SUBSCRIPTIONS = 20;
export const MAX_PUSH_DEVICE_LENGTH = 100;
/** Open questions listed by `session.get`. */
export const SESSION_DETAIL_QUESTIONS = 200;

/** MCP servers of one user, and of one project. */
export const MAX_MCP_SERVERS = 50;

/** Interval of pings on an idle stream, in ms. */
export const PING_INTERVAL_MS = 10_000;
/** Silence after which a client reconnects, in ms: 2.5 pings. */
export const STREAM_SILENCE_LIMIT_MS = 25_000;

/** Crashes in a row without progress after which a task is given up. */
export const MAX_TASK_ATTEMPTS = 3;
