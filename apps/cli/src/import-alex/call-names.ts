/** Placeholder for a tool whose call is missing from the file. */
export const UNKNOWN_TOOL = "unknown_tool";

/**
 * The strictest providers accept these characters, up to 64; any other name would make the session unusable for them.
 */
const FOREIGN = /[^a-zA-Z0-9_-]/g;
const MAX_TOOL_LENGTH = 64;
/** OpenAI's limit is 40 characters, including the suffix that makes it unique. */
const MAX_KEPT_ID_LENGTH = 32;

export function toolName(name: string): string {
  return name.trim().replaceAll(FOREIGN, "_").slice(0, MAX_TOOL_LENGTH) || UNKNOWN_TOOL;
}

/** The original numbers calls per answer or run; in a log, ids are unique. */
export class CallNames {
  /** How often each was requested. */
  readonly #taken = new Map<string, number>();

  /** @returns the id itself if it is usable, otherwise one derived from it. */
  claim(id: string): string {
    const kept = id.replaceAll(FOREIGN, "_").slice(0, MAX_KEPT_ID_LENGTH) || "call";
    let count = (this.#taken.get(kept) ?? 0) + 1;
    let name = count === 1 ? kept : `${kept}-${count}`;
    while (name !== kept && this.#taken.has(name)) name = `${kept}-${++count}`;
    this.#taken.set(kept, count);
    if (name !== kept) this.#taken.set(name, 1);
    return name;
  }
}
