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
  readonly #taken = new Set<string>();

  /** @returns the id itself where it can be kept, else one that is made of it. */
  claim(id: string): string {
    const kept = id.replaceAll(FOREIGN, "_").slice(0, MAX_KEPT_ID_LENGTH) || "call";
    let name = kept;
    for (let copy = 2; this.#taken.has(name); copy += 1) name = `${kept}-${copy}`;
    this.#taken.add(name);
    return name;
  }
}
