/** Bounds of the wire, in one place so that the server enforces and clients can explain the same numbers. */

/** Largest HTTP body the server reads, in bytes. */
export const MAX_BODY_BYTES = 1_048_576;
/** The same where a session is imported over REST, which reads it as a stream. */
export const MAX_IMPORT_BODY_BYTES = 8_589_934_592;
/** Of a document that is an input or answer of a call, and so in memory whole: about, in bytes of JSON. */
export const MAX_CALL_DOCUMENT_BYTES = 4_194_304;
/** Largest blob, in bytes. */
export const MAX_BLOB_BYTES = 33_554_432;
/** All that one user keeps in blobs, in bytes. */
export const MAX_BLOB_BYTES_PER_USER = 1_073_741_824;
/** Largest prompt, in UTF-16 code units. */
export const MAX_PROMPT_LENGTH = 200_000;
export const MAX_TITLE_LENGTH = 200;
export const MAX_IDEMPOTENCY_KEY_LENGTH = 200;
/** Longest note of an approval's answer, in UTF-16 code units. */
export const MAX_NOTE_LENGTH = 4_000;
/** Longest answer to a question, in UTF-16 code units. */
export const MAX_ANSWER_LENGTH = 20_000;
/** Calls that one tRPC batch request may carry. */
export const MAX_BATCH_CALLS = 20;

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 200;
export const DEFAULT_EVENT_PAGE_SIZE = 200;
export const MAX_EVENT_PAGE_SIZE = 1_000;
export const DEFAULT_SEARCH_PAGE_SIZE = 20;
export const MAX_SEARCH_PAGE_SIZE = 100;
/** Tasks that `session.get` lists beside the active and queued ones. */
export const SESSION_DETAIL_TASKS = 100;
/** Open approvals that it lists. */
export const SESSION_DETAIL_APPROVALS = 200;
/** Open questions that it lists. */
export const SESSION_DETAIL_QUESTIONS = 200;

/** How often an idle stream sends a ping, in milliseconds. */
export const PING_INTERVAL_MS = 10_000;
/** Silence after which a client gives a stream up and reconnects: 2.5 pings. */
export const STREAM_SILENCE_LIMIT_MS = 25_000;

/** Times that a task may be started before it counts as the reason for the crashes. */
export const MAX_TASK_ATTEMPTS = 3;
