/** Stands for a tool whose call the file has not kept. */
export const UNKNOWN_TOOL = "unknown_tool";

/** The strictest of the providers take these and 64 of them; a name outside would make a session unusable for them. */
const FOREIGN = /[^a-zA-Z0-9_-]/g;
const MAX_TOOL_LENGTH = 64;
/** OpenAI's bound is 40 characters; what makes an id distinct comes on top. */
const MAX_KEPT_ID_LENGTH = 32;

export function toolName(name: string): string {
  return name.trim().replaceAll(FOREIGN, "_").slice(0, MAX_TOOL_LENGTH) || UNKNOWN_TOOL;
}

/** The original numbers calls per answer or per run; in a log they are distinct. */
export class CallNames {
  /** How often each was asked for. */
  readonly #taken = new Map<string, number>();

  /** @returns the id itself where it can be kept, else one that is made of it. */
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
